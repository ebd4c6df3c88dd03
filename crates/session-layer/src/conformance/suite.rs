/// Makes a `#[tokio::test]` of every promise, each on a subject of its own.
///
/// The argument is a future that gives a [`Subject`](crate::conformance::Subject); it is evaluated
/// once a test. The crate that calls it needs `tokio` with `macros` and `rt-multi-thread`.
#[macro_export]
macro_rules! conformance_tests {
    ($subject:expr) => {
        $crate::conformance_tests! { $subject =>
            an_unknown_key_is_absent
            a_created_session_is_found_as_it_was_drafted
            an_anonymous_session_has_no_user
            each_key_has_its_own_session
            create_never_overwrites_a_session
            create_never_overwrites_a_tombstone
            create_never_overwrites_a_key_in_its_grace
            create_never_overwrites_a_superseded_key
            create_never_brings_back_what_has_expired
            an_update_changes_content_and_version
            an_update_keeps_user_creation_and_end
            an_update_of_another_version_is_a_conflict
            an_update_of_an_unknown_key_creates_nothing
            an_update_of_an_ended_session_is_missing
            an_update_of_a_replaced_session_is_superseded
            an_update_in_the_grace_is_a_conflict_with_the_new_key
            an_update_counts_as_seen
            a_conflict_does_not_count_as_seen
            an_update_may_give_a_new_lifetime
            a_touch_begins_the_idle_time_anew
            a_touch_changes_only_when_it_was_seen
            a_touch_never_goes_past_the_absolute_end
            a_touch_creates_nothing
            a_touch_leaves_an_ended_session_ended
            a_touch_leaves_an_expired_session_expired
            a_touch_in_the_grace_does_nothing
            a_touch_of_a_replaced_session_does_nothing
            a_renewed_session_goes_on_under_the_new_key
            in_its_grace_the_old_key_leads_to_the_new_one
            after_its_grace_the_old_key_is_superseded
            without_a_grace_the_old_key_is_superseded_at_once
            an_old_key_leads_only_to_its_immediate_successor
            a_renewal_of_another_version_is_a_conflict
            a_renewal_in_the_grace_is_a_conflict_with_the_new_key
            a_renewal_to_a_key_in_use_is_taken
            a_renewal_creates_nothing
            a_renewal_counts_as_seen_but_keeps_the_absolute_end
            a_renewal_may_give_a_new_lifetime
            a_renewed_session_stays_its_users
            an_old_key_leads_to_no_expired_session
            a_renewed_key_is_known_to_lead_to_the_new_one
            after_its_grace_it_is_known_where_a_key_led
            where_a_key_led_is_known_for_as_long_as_was_asked
            a_session_that_was_renewed_often_is_found_step_by_step
            a_replaced_key_is_not_known_to_lead_anywhere
            a_key_that_was_not_renewed_led_nowhere
            a_replaced_key_is_superseded_at_once
            a_replacement_is_a_new_session
            a_replacement_is_registered_under_its_user
            a_replacement_leaves_the_former_user
            no_grace_goes_across_a_replacement
            a_replacement_of_another_version_is_a_conflict
            a_replacement_in_the_grace_is_a_conflict_with_the_new_key
            a_replacement_to_a_key_in_use_is_taken
            a_replacement_creates_nothing
            a_session_is_replaced_once
            an_ended_session_is_gone
            delete_gives_the_session_that_it_ended
            a_session_is_ended_once
            deleting_what_is_not_live_ends_nothing
            an_ended_session_stays_ended
            a_tombstone_outlives_any_request_in_flight
            a_tombstone_begins_when_the_grace_is_over
            deleting_a_key_in_its_grace_ends_its_successor
            deleting_the_successor_ends_the_grace
            deleting_a_superseded_key_ends_nothing
            a_restored_session_is_what_it_was
            a_restored_session_may_be_anonymous
            a_restored_session_is_updated_from_its_version
            a_restored_session_replaces_a_lower_version
            a_restored_session_replaces_an_equal_version
            a_restored_session_leaves_a_higher_version
            what_was_ended_is_not_restored
            what_was_superseded_is_not_restored
            what_was_renewed_is_not_restored
            an_expired_tombstone_is_in_no_sessions_way
            an_expired_session_is_in_no_sessions_way
            an_expired_record_is_not_restored
            a_restored_session_is_one_of_its_users
            a_restored_session_leaves_the_former_user
            a_restored_session_expires_by_its_own_times
            a_restored_session_asks_for_no_cap
            a_restored_session_is_counted_once
            a_restored_session_is_a_session
            a_users_sessions_are_those_that_load_finds
            a_users_sessions_come_in_order_of_creation
            a_users_sessions_are_only_theirs
            a_users_expired_sessions_are_not_listed
            a_user_may_have_many_sessions
            a_create_beyond_the_cap_is_refused
            what_the_cap_refused_can_be_created_later
            a_create_beyond_the_cap_ends_the_oldest
            a_lower_cap_ends_as_many_as_it_takes
            what_made_room_stays_ended
            what_made_room_has_no_grace
            a_renewed_session_counts_once
            an_expired_session_does_not_count
            a_cap_counts_one_user
            a_replacement_beyond_the_cap_is_refused
            a_replacement_beyond_the_cap_ends_the_oldest
            a_session_that_is_replaced_does_not_count
            without_a_cap_there_is_always_room
            an_unseen_session_lives_for_its_idle_time
            a_session_ends_at_its_absolute_end
            a_load_does_not_count_as_seen
            no_verb_finds_an_expired_session
            a_record_says_when_it_expires
            a_session_may_live_for_a_century
            a_sweep_is_bounded_and_comes_to_an_end
            a_sweep_keeps_what_is_live
            a_sweep_keeps_what_was_seen
            a_sweep_removes_tombstones_in_the_end
            a_sweep_of_nothing_removes_nothing
            a_sweep_tells_how_long_what_expired_had_lived
            a_sweep_tells_that_what_was_seen_had_lived_longer
            a_sweep_tells_of_what_reached_its_absolute_end
            a_sweep_tells_of_a_renewed_session_once
            a_sweep_does_not_tell_of_what_was_ended
            of_two_sweeps_one_tells_what_expired
            of_concurrent_sweeps_each_expired_session_is_told_by_one
            a_sweep_tells_of_what_expired_before_a_login
            a_sweep_tells_of_a_restored_session_from_its_beginning
            stats_count_live_sessions
            stats_count_no_expired_session_once_swept
            an_empty_payload_is_kept
            a_binary_payload_is_kept
            a_payload_of_a_mebibyte_is_kept
            a_conflict_brings_a_large_payload_along
            users_are_told_apart_by_every_byte
            concurrent_updates_are_all_kept
            of_concurrent_updates_of_one_version_one_wins
            of_concurrent_creates_of_one_key_one_wins
            of_concurrent_restores_the_latest_version_stays
            of_concurrent_renewals_one_wins
            of_concurrent_replacements_one_wins
            a_session_that_is_renewed_is_never_under_neither_key
            a_session_that_is_replaced_is_never_under_neither_key
            a_delete_beats_writes_in_flight
            a_refusing_cap_is_exact_under_concurrency
            an_ending_cap_is_exact_under_concurrency
            logins_that_cross_come_to_an_end
            changes_survive_a_renewal_at_the_same_time
            concurrent_histories_are_linearizable
        }
    };
    ($subject:expr => $($promise:ident)*) => {
        $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $promise() {
                let subject = ::std::sync::Arc::new($subject.await);
                $crate::conformance::$promise(subject).await;
            }
        )*
    };
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fs;
    use std::path::Path;

    fn promises() -> BTreeSet<String> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/conformance");
        let files = fs::read_dir(&folder).unwrap().map(|file| file.unwrap().path());
        let files = files.filter(|path| path.is_file()).chain([folder.join("history/mod.rs")]);
        let text: String = files.map(|path| fs::read_to_string(path).unwrap()).collect();
        let names = text.lines().filter_map(|line| line.strip_prefix("pub async fn "));
        names.filter_map(|name| name.split('(').next()).map(str::to_owned).collect()
    }

    #[test]
    fn every_promise_is_in_the_suite() {
        let listed: BTreeSet<_> = include_str!("suite.rs").lines().map(str::trim).collect();
        let mut promises = promises();
        assert!(promises.remove("histories_with_faults_are_linearizable"), "it needs faults");
        assert!(promises.remove("stats_do_not_drift"), "a count may be an estimate");
        assert!(promises.len() > 100, "only {} were found", promises.len());
        for promise in promises {
            assert!(listed.contains(promise.as_str()), "{promise} is not in the suite");
        }
    }
}
