//! What the scores in the set of the live say, after Redis has had them.

use redis::Value;

use crate::fixture::Fixture;

/// The functions of the scripts, and what is to be asked of them.
macro_rules! script {
    ($question:literal) => {
        concat!(
            include_str!("../../src/backend/redis/lua/record.lua"),
            include_str!("../../src/backend/redis/lua/score.lua"),
            include_str!("../../src/backend/redis/lua/live.lua"),
            $question,
        )
    };
}

const THERE_AND_BACK: &str = script!(
    "
    redis.call('ZADD', 'scores', score_of(tonumber(ARGV[2]), tonumber(ARGV[3])), 'a')
    local score = redis.call('ZSCORE', 'scores', 'a')
    return { math.floor(tonumber(score)), lived_by(score) }"
);

const SECOND: u64 = 1_000;
const HOUR: u64 = 3_600 * SECOND;
const YEAR: u64 = 365 * 24 * HOUR;

impl Fixture {
    async fn run(&self, script: &str, arguments: [u64; 2]) -> Value {
        let [one, other] = arguments.map(|number| number.to_string());
        let command = [b"EVAL", script.as_bytes(), b"0", b"", one.as_bytes(), other.as_bytes()];
        self.ask(&command).await
    }

    /// When it is due, and how long it will have lived, as a score says it.
    async fn there_and_back(&self, due: u64, lived: u64) -> [u64; 2] {
        match self.run(THERE_AND_BACK, [due, lived]).await {
            Value::Array(numbers) => match numbers[..] {
                [Value::Int(due), Value::Int(lived)] => [due, lived].map(i64::unsigned_abs),
                _ => panic!("{numbers:?}"),
            },
            other => panic!("{other:?}"),
        }
    }
}

/// From now to the last ones for which there is room.
const DUE: [u64; 5] = [1_795_000_000_123, (1 << 41) - 1, 1 << 41, 1 << 42, (1 << 43) - 1];

#[tokio::test]
async fn a_score_says_when_a_session_is_due_and_to_2_percent_how_long_it_will_have_lived() {
    let redis = Fixture::start().await;
    for due in DUE {
        for lived in [SECOND, 1_009, 1_011, 59_999, HOUR, 100 * HOUR, YEAR, 19 * YEAR] {
            let [due_again, lived_again] = redis.there_and_back(due, lived).await;
            assert_eq!(due_again, due, "that lives {lived}");
            let off = lived_again.abs_diff(lived) * 100;
            assert!(off <= lived, "{lived_again} instead of {lived}, due {due}");
        }
    }
}

#[tokio::test]
async fn what_lived_less_than_a_second_or_more_than_the_scale_has_is_told_as_its_end() {
    let redis = Fixture::start().await;
    for due in DUE {
        for lived in [0, 1, 999] {
            assert_eq!(redis.there_and_back(due, lived).await, [due, SECOND]);
        }
        for lived in [20 * YEAR, 100 * YEAR, 1 << 52] {
            let [due_again, longest] = redis.there_and_back(due, lived).await;
            assert_eq!((due_again, longest / YEAR), (due, 19), "that lives {lived}");
        }
    }
}

#[tokio::test]
async fn a_score_of_the_distant_future_is_due_to_the_millisecond() {
    let redis = Fixture::start().await;
    let rounded = script!("return score_of(tonumber(ARGV[2]), tonumber(ARGV[3])) - ARGV[2]");
    let Value::Int(off) = redis.run(rounded, [1 << 52, HOUR]).await else { panic!("no number") };
    assert!((0..=1).contains(&off), "{off} ms");
}

#[tokio::test]
async fn a_score_without_a_fraction_says_nothing_of_how_long_a_session_lived() {
    let redis = Fixture::start().await;
    let unknown = script!("return lived_by(ARGV[2]) == nil");
    assert_eq!(redis.run(unknown, [1_795_000_000_123, 0]).await, Value::Int(1));
}

#[tokio::test]
async fn what_is_due_at_this_very_millisecond_is_looked_at() {
    let redis = Fixture::start().await;
    let due = script!(
        "
        redis.call('ZADD', 'scores', score_of(now, 3600000), 'a')
        redis.call('ZADD', 'scores', score_of(now + 1, 3600000), 'b')
        return #due_for('scores', 0, 10) / 2"
    );
    assert_eq!(redis.run(due, [0, 0]).await, Value::Int(1));
}
