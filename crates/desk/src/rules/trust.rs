//! Trust levels, 0 to 4, as they were at a moment. The steps are Discourse's (levels 1 to 3: days, posts and threads, a
//! rolling hundred days for the third, few upheld flags), with writing in the place of reading, which is not kept.

use mainstreet_kernel::clock::DAY;

/// The days that count for the third level.
pub(super) const RECENT: i64 = 100 * DAY;

/// What somebody's trust follows from.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Standing {
    /// They worked in the desk.
    pub(super) staff: bool,
    /// Milliseconds since they joined.
    pub(super) age: i64,
    pub(super) posts: usize,
    /// Threads they wrote in.
    pub(super) threads: usize,
    /// Days on which they wrote.
    pub(super) days: usize,
    /// The same in the last hundred days.
    pub(super) recent_days: usize,
    /// Flags on them that were upheld in the last hundred days.
    pub(super) upheld: usize,
    /// Posts of theirs that staff took away in the last hundred days.
    pub(super) removed: usize,
}

/// 0 new, 1 has begun, 2 belongs here, 3 keeps the place going, 4 works in the desk.
pub(super) fn level(one: &Standing) -> u8 {
    if one.staff {
        return 4;
    }
    let begun = one.age >= DAY && one.posts >= 5;
    let belongs = one.age >= 15 * DAY && one.posts >= 20 && one.threads >= 3 && one.days >= 10;
    let regular = one.recent_days >= 25 && one.threads >= 10 && one.upheld <= 5 && one.removed == 0;
    match (begun, belongs, regular) {
        (false, ..) => 0,
        (true, false, _) => 1,
        (true, true, false) => 2,
        (true, true, true) => 3,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(one: Standing, expect: u8) {
        assert_eq!(level(&one), expect, "{one:?}");
    }

    #[test]
    fn trust_grows_with_writing_and_is_lost_by_what_was_taken_away() {
        let old = Standing { age: 200 * DAY, ..Standing::default() };
        check(Standing::default(), 0);
        check(Standing { posts: 5, age: DAY - 1, ..old }, 0);
        check(Standing { posts: 5, ..old }, 1);
        let second = Standing { posts: 20, threads: 3, days: 10, ..old };
        check(second, 2);
        check(Standing { age: 14 * DAY, ..second }, 1);
        let third = Standing { threads: 10, recent_days: 25, upheld: 5, ..second };
        check(third, 3);
        check(Standing { removed: 1, ..third }, 2);
        check(Standing { upheld: 6, ..third }, 2);
        check(Standing { staff: true, ..Standing::default() }, 4);
    }
}
