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
    script!("record" "store" "score" "live" "end" "index" "draft" "create");
pub(super) static UPDATE: LazyLock<Script> =
    script!("change" "record" "find" "store" "score" "live" "update");
pub(super) static TOUCH: LazyLock<Script> = script!("record" "score" "live" "touch");
pub(super) static RENEW: LazyLock<Script> = script!("record" "find" "store" "score" "renew");
pub(super) static REPLACE: LazyLock<Script> =
    script!("record" "find" "store" "score" "live" "end" "index" "draft" "replace");
pub(super) static DELETE: LazyLock<Script> = script!("record" "find" "end" "delete");
pub(super) static RESTORE: LazyLock<Script> =
    script!("record" "store" "score" "live" "index" "restore");
pub(super) static OF_USER: LazyLock<Script> = script!("record" "of_user");
pub(super) static SWEEP: LazyLock<Script> = script!("record" "score" "live" "sweep");

/// Those for a cluster, each on one key.
pub(super) mod cluster {
    use super::{LazyLock, Script};

    macro_rules! scripts {
        ($($name:ident: $($file:literal)+;)+) => {
            $(pub(in super::super) static $name: LazyLock<Script> = script!($($file)+);)+
        };
    }

    scripts! {
        LOAD: "record" "cluster/find" "cluster/load";
        CREATE: "record" "cluster/find" "store" "cluster/taken" "cluster/create";
        UPDATE: "change" "record" "cluster/find" "store" "score" "live" "cluster/update";
        TOUCH: "record" "cluster/find" "score" "live" "cluster/touch";
        DELETE: "record" "cluster/find" "cluster/delete";

        BEGIN: "record" "cluster/find" "cluster/hold" "cluster/taken" "cluster/begin";
        TAKE: "record" "cluster/find" "cluster/hold" "cluster/take";
        RESTORE: "record" "cluster/find" "cluster/hold" "cluster/restore";
        DECIDE: "cluster/decide";
        RELEASE: "record" "cluster/find" "cluster/release";
        KEEP_ALIAS: "record" "cluster/keep_alias";

        REGISTER: "record" "store" "cluster/index" "cluster/register";
        LET_GO: "record" "cluster/index" "cluster/let_go";
        MEMBERS: "record" "cluster/index" "cluster/members";
        KEEP: "record" "store" "cluster/keep";

        ANNOUNCE: "record" "store" "score" "live" "cluster/announce";
        ENLIST: "record" "store" "score" "cluster/enlist";
        DUE: "record" "score" "live" "cluster/due";
        LIFE: "record" "cluster/find" "cluster/life";
        SETTLE: "record" "score" "cluster/settle";
    }
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
