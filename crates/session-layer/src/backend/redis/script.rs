use std::fmt::Write;
use std::sync::LazyLock;

use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};
use redis::{Cmd, cmd};

/// A script, which Redis knows by the SHA-1 of its text once it has seen that.
pub(super) struct Script {
    source: &'static str,
    hash: String,
}

/// A script made of some files.
macro_rules! script {
    ($($file:literal)+) => {
        LazyLock::new(|| Script::new(concat!($(include_str!(concat!("lua/", $file, ".lua"))),+)))
    };
}

pub(super) static LOAD: LazyLock<Script> = script!("record" "find" "load");
pub(super) static CREATE: LazyLock<Script> =
    script!("record" "store" "live" "end" "index" "draft" "create");
pub(super) static UPDATE: LazyLock<Script> =
    script!("change" "record" "find" "store" "live" "update");
pub(super) static TOUCH: LazyLock<Script> = script!("record" "live" "touch");
pub(super) static RENEW: LazyLock<Script> = script!("record" "find" "store" "renew");
pub(super) static REPLACE: LazyLock<Script> =
    script!("record" "find" "store" "live" "end" "index" "draft" "replace");
pub(super) static DELETE: LazyLock<Script> = script!("record" "find" "end" "delete");
pub(super) static OF_USER: LazyLock<Script> = script!("record" "of_user");
pub(super) static SWEEP: LazyLock<Script> = script!("record" "live" "sweep");

/// Those for a cluster, each on one key.
pub(super) mod cluster {
    use super::{LazyLock, Script};

    pub(in super::super) static LOAD: LazyLock<Script> =
        script!("record" "cluster/find" "cluster/load");
    pub(in super::super) static CREATE: LazyLock<Script> =
        script!("record" "cluster/find" "store" "cluster/create");
    pub(in super::super) static UPDATE: LazyLock<Script> =
        script!("change" "record" "cluster/find" "store" "live" "cluster/update");
    pub(in super::super) static TOUCH: LazyLock<Script> =
        script!("record" "cluster/find" "live" "cluster/touch");
    pub(in super::super) static DELETE: LazyLock<Script> =
        script!("record" "cluster/find" "cluster/delete");
    pub(in super::super) static END: LazyLock<Script> =
        script!("record" "cluster/find" "cluster/end");
    pub(in super::super) static LIFE: LazyLock<Script> = script!("record" "cluster/life");

    pub(in super::super) static PREPARE: LazyLock<Script> =
        script!("record" "cluster/find" "cluster/prepare");
    pub(in super::super) static TURN: LazyLock<Script> =
        script!("record" "cluster/find" "cluster/turn");
    pub(in super::super) static LEADS: LazyLock<Script> = script!("record" "cluster/leads");
    pub(in super::super) static CONFIRM: LazyLock<Script> =
        script!("record" "cluster/find" "cluster/confirm");
    pub(in super::super) static DISCARD: LazyLock<Script> =
        script!("record" "cluster/find" "cluster/discard");

    pub(in super::super) static RESERVE: LazyLock<Script> =
        script!("record" "store" "cluster/index" "cluster/reserve");
    pub(in super::super) static REREGISTER: LazyLock<Script> =
        script!("record" "store" "cluster/index" "cluster/reregister");
    pub(in super::super) static FORGET: LazyLock<Script> =
        script!("record" "cluster/index" "cluster/forget");
    pub(in super::super) static KEEP: LazyLock<Script> = script!("record" "store" "cluster/keep");

    pub(in super::super) static ANNOUNCE: LazyLock<Script> =
        script!("record" "store" "cluster/announce");
    pub(in super::super) static ENLIST: LazyLock<Script> =
        script!("record" "store" "cluster/enlist");
    pub(in super::super) static DUE: LazyLock<Script> = script!("record" "cluster/due");
    pub(in super::super) static SETTLE: LazyLock<Script> = script!("record" "cluster/settle");
}

impl Script {
    fn new(source: &'static str) -> Self {
        let mut hash = String::new();
        for byte in digest(&SHA1_FOR_LEGACY_USE_ONLY, source.as_bytes()).as_ref() {
            // Writing to a string does not fail.
            let _ = write!(hash, "{byte:02x}");
        }
        Self { source, hash }
    }

    /// Runs it if Redis has it.
    pub(super) fn by_hash(&self, keys: &[&str], arguments: &[&[u8]]) -> Cmd {
        call("EVALSHA", &self.hash, keys, arguments)
    }

    /// Runs it, and leaves it with Redis.
    pub(super) fn by_source(&self, keys: &[&str], arguments: &[&[u8]]) -> Cmd {
        call("EVAL", self.source, keys, arguments)
    }
}

fn call(verb: &str, script: &str, keys: &[&str], arguments: &[&[u8]]) -> Cmd {
    let mut command = cmd(verb);
    command.arg(script).arg(keys.len()).arg(keys).arg(arguments);
    command
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backend::TOMBSTONE_LIFE;

    #[test]
    fn scripts_know_the_life_of_a_tombstone() {
        let life = format!("TOMBSTONE_LIFE = {}\n", TOMBSTONE_LIFE.as_millis());
        assert!(DELETE.source.contains(&life), "{life}");
    }

    #[test]
    fn a_script_is_known_by_the_sha_1_of_its_text() {
        assert_eq!(Script::new("return 1").hash, "e0e1f9fabfc9d4800c877a703b823ac0578ff8db");
    }
}
