//! How long things take when some are still going on: Kaplan-Meier estimation with competing causes.
//!
//! A question that nobody has answered yet is not left out (that would flatter the figure: only the quick
//! answers would be counted) and not counted as a failure either. It is *censored*: it counts among those
//! waiting for as long as we watched it, and then leaves.

use super::rates::{Interval, Share, Z95};

/// One thing that was watched, such as a question waiting for its first response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Watch {
    /// For how long, in milliseconds from its start to its end or to where we stopped looking.
    pub millis: i64,
    /// How it ended; `None` when it had not ended when we stopped looking (censored).
    pub cause: Option<Cause>,
}

impl Watch {
    /// It ended by `cause` after `millis`.
    pub fn ended(millis: i64, cause: Cause) -> Self {
        Self { millis, cause: Some(cause) }
    }

    /// It was still going on after `millis`.
    pub fn censored(millis: i64) -> Self {
        Self { millis, cause: None }
    }
}

/// Who ended it. The causes compete: a question that staff answered first can no longer be answered first by a
/// member.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// A member of the community.
    Member,
    /// Somebody with a paid or desk role.
    Staff,
}

/// One instant at which something ended.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Step {
    /// Milliseconds from the start.
    pub millis: i64,
    /// How many were still waiting just before.
    pub at_risk: u64,
    /// How many ended here, by members.
    pub by_member: u64,
    /// How many ended here, by staff.
    pub by_staff: u64,
    /// The share still waiting just after: the product of (1 - ended / at risk) so far.
    pub survival: f64,
    /// Greenwood's sum so far: the variance of the logarithm of `survival`. Infinite once nobody is left.
    greenwood: f64,
}

impl Step {
    fn ended(&self) -> u64 {
        self.by_member + self.by_staff
    }

    fn by(&self, cause: Cause) -> u64 {
        match cause {
            Cause::Member => self.by_member,
            Cause::Staff => self.by_staff,
        }
    }
}

/// The share still waiting over time, as estimated by Kaplan and Meier (1958).
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Curve {
    /// The instants at which it falls, in order.
    pub steps: Vec<Step>,
    /// How many were watched.
    pub watched: u64,
    /// The longest anyone was watched, in milliseconds. Beyond it nothing is known unless all had ended.
    pub longest_millis: i64,
}

/// A value at one time, with its 95 % interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    /// The estimate.
    pub value: f64,
    /// Where the truth may lie.
    pub interval: Interval,
}

/// A duration with its 95 % interval; an open end is one the data cannot give.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quantile {
    /// Milliseconds.
    pub millis: i64,
    /// The lower end, in milliseconds.
    pub low: Option<i64>,
    /// The upper end, in milliseconds.
    pub high: Option<i64>,
}

impl Curve {
    /// Estimates the curve. An end and a censoring at the same instant: the end came first, as usual.
    pub fn of(watches: &[Watch]) -> Self {
        let mut sorted = watches.to_vec();
        sorted.sort_unstable_by_key(|watch| watch.millis);
        let mut curve = Self {
            steps: Vec::new(),
            watched: sorted.len() as u64,
            longest_millis: sorted.last().map_or(0, |watch| watch.millis),
        };
        let (mut at_risk, mut survival, mut greenwood) = (curve.watched, 1.0, 0.0);
        for group in sorted.chunk_by(|a, b| a.millis == b.millis) {
            let count = |cause| group.iter().filter(|watch| watch.cause == Some(cause)).count() as u64;
            let (by_member, by_staff) = (count(Cause::Member), count(Cause::Staff));
            let ended = by_member + by_staff;
            if let Some(first) = group.first().filter(|_| ended > 0) {
                let left = (at_risk - ended) as f64;
                survival *= left / at_risk as f64;
                greenwood += ended as f64 / (at_risk as f64 * left);
                curve.steps.push(Step {
                    millis: first.millis,
                    at_risk,
                    by_member,
                    by_staff,
                    survival,
                    greenwood,
                });
            }
            at_risk -= group.len() as u64;
        }
        curve
    }

    fn until(&self, millis: i64) -> &[Step] {
        let end = self.steps.partition_point(|step| step.millis <= millis);
        self.steps.get(..end).unwrap_or_default()
    }

    /// True when the curve says something about `millis`: somebody was watched that long, or all had ended.
    pub fn reaches(&self, millis: i64) -> bool {
        self.watched > 0
            && (millis <= self.longest_millis || self.steps.last().is_some_and(|step| step.survival == 0.0))
    }

    /// The share still waiting after `millis`, with the log-log interval (Kalbfleisch and Prentice), which
    /// stays inside 0..1. At 1 and at 0 that interval does not exist and Wilson's stands in for it, over those
    /// watched and over those ended. Nothing where the curve does not reach.
    pub fn survival_at(&self, millis: i64) -> Option<Estimate> {
        if !self.reaches(millis) {
            return None;
        }
        let Some(step) = self.until(millis).last() else {
            return Some(Estimate { value: 1.0, interval: Share::new(self.watched, self.watched).wilson() });
        };
        Some(Estimate { value: step.survival, interval: self.interval_after(step) })
    }

    fn interval_after(&self, step: &Step) -> Interval {
        if step.survival <= 0.0 {
            let ended = self.steps.iter().map(Step::ended).sum();
            return Share::new(0, ended).wilson();
        }
        log_log(step.survival, step.greenwood.sqrt() / step.survival.ln().abs())
    }

    /// The share that had ended after `millis`: one minus [`Self::survival_at`].
    pub fn ended_by(&self, millis: i64) -> Option<Estimate> {
        let waiting = self.survival_at(millis)?;
        Some(Estimate { value: 1.0 - waiting.value, interval: waiting.interval.complement() })
    }

    /// The time by which `share` (0.5 for the median) had ended: the smallest time with survival at most
    /// `1 - share`. Its interval is where the interval of the curve crosses the same line (Brookmeyer and
    /// Crowley 1982). Nothing when the curve never falls so low.
    pub fn quantile(&self, share: f64) -> Option<Quantile> {
        let line = 1.0 - share + 1e-12;
        let first =
            |below: &dyn Fn(&Step) -> bool| self.steps.iter().find(|step| below(step)).map(|s| s.millis);
        Some(Quantile {
            millis: first(&|step| step.survival <= line)?,
            low: first(&|step| self.interval_after(step).low <= line),
            high: first(&|step| self.interval_after(step).high <= line),
        })
    }

    /// The mean wait when nobody is waited for longer than `millis`: the area under the curve up to there
    /// (Irwin 1949), in milliseconds. Unlike the mean of those that ended it counts those still waiting.
    pub fn restricted_mean_millis(&self, millis: i64) -> f64 {
        let (mut area, mut from, mut height) = (0.0, 0, 1.0);
        for step in self.until(millis) {
            area += height * (step.millis - from) as f64;
            (from, height) = (step.millis, step.survival);
        }
        area + height * (millis - from) as f64
    }

    /// The share that `cause` had ended after `millis` (Aalen and Johansen's cumulative incidence). Over both
    /// causes these add up to one minus the survival, which one minus separate Kaplan-Meier curves would not.
    /// The interval is log-log with the delta-method variance (Marubini and Valsecchi 1995). Nothing where the
    /// curve does not reach.
    pub fn incidence_at(&self, cause: Cause, millis: i64) -> Option<Estimate> {
        if !self.reaches(millis) {
            return None;
        }
        let rises = self.rises(cause, millis);
        let value = rises.last().map_or(0.0, |rise| rise.incidence);
        if value <= 0.0 || value >= 1.0 {
            let hits = if value <= 0.0 { 0 } else { self.watched };
            return Some(Estimate { value, interval: Share::new(hits, self.watched).wilson() });
        }
        let error = variance(&rises).max(0.0).sqrt();
        let interval = log_log(value, error / (value * value.ln().abs()));
        Some(Estimate { value, interval })
    }

    fn rises(&self, cause: Cause, millis: i64) -> Vec<Rise> {
        let (mut before, mut incidence) = (1.0, 0.0);
        self.until(millis)
            .iter()
            .map(|step| {
                let (at_risk, ended, by) = (step.at_risk as f64, step.ended() as f64, step.by(cause) as f64);
                incidence += before * by / at_risk;
                let rise = Rise { before, at_risk, ended, by, incidence };
                before = step.survival;
                rise
            })
            .collect()
    }
}

/// What one step adds to the cumulative incidence of a cause.
struct Rise {
    /// Survival just before.
    before: f64,
    at_risk: f64,
    ended: f64,
    by: f64,
    /// Cumulative incidence just after.
    incidence: f64,
}

fn variance(rises: &[Rise]) -> f64 {
    let end = rises.last().map_or(0.0, |rise| rise.incidence);
    rises
        .iter()
        .map(|rise| {
            let to_come = end - rise.incidence;
            let left = rise.at_risk - rise.ended;
            let waiting = if left > 0.0 { to_come.powi(2) * rise.ended / (rise.at_risk * left) } else { 0.0 };
            let own = rise.before.powi(2) * rise.by * (rise.at_risk - rise.by) / rise.at_risk.powi(3);
            let both = 2.0 * to_come * rise.before * rise.by / rise.at_risk.powi(2);
            waiting + own - both
        })
        .sum()
}

/// The interval of a share strictly between 0 and 1 whose log(-log) has the standard error `error`.
fn log_log(share: f64, error: f64) -> Interval {
    let theta = (Z95 * error).exp();
    Interval { low: share.powf(theta), high: share.powf(1.0 / theta) }
}

/// The arithmetic mean of the waits that ended, in milliseconds: the figure most tools print. Shown beside the
/// honest one, because it leaves out everybody still waiting.
pub fn naive_mean_millis(watches: &[Watch]) -> Option<f64> {
    let ended: Vec<i64> =
        watches.iter().filter(|watch| watch.cause.is_some()).map(|watch| watch.millis).collect();
    (!ended.is_empty()).then(|| ended.iter().sum::<i64>() as f64 / ended.len() as f64)
}

/// The median of the waits that ended, in milliseconds; of an even number, the mean of the middle two. See
/// [`naive_mean_millis`].
pub fn naive_median_millis(watches: &[Watch]) -> Option<f64> {
    let mut ended: Vec<f64> =
        watches.iter().filter(|watch| watch.cause.is_some()).map(|watch| watch.millis as f64).collect();
    super::participation::median(&mut ended)
}

#[cfg(test)]
mod tests {
    use super::*;
    use mainstreet_kernel::clock::HOUR;
    use proptest::prelude::*;

    fn hours(hours: f64) -> i64 {
        (hours * HOUR as f64) as i64
    }

    /// The golden sample of the definitions: twelve questions, nine answered by M, S, M, M, S, M, S, M, S.
    fn sample() -> Vec<Watch> {
        use Cause::{Member as M, Staff as S};
        let ended =
            [(0.5, M), (1.0, S), (1.5, M), (2.0, M), (3.0, S), (4.0, M), (8.0, S), (26.0, M), (100.0, S)];
        let open = [30.0, 48.0, 72.0];
        ended
            .iter()
            .map(|(time, cause)| Watch::ended(hours(*time), *cause))
            .chain(open.iter().map(|time| Watch::censored(hours(*time))))
            .collect()
    }

    #[track_caller]
    fn near(value: f64, expect: f64) {
        assert!((value - expect).abs() < 5e-5, "{value} is not {expect}");
    }

    #[test]
    fn golden_curve() {
        let curve = Curve::of(&sample());
        let expect = [0.9167, 0.8333, 0.75, 0.6667, 0.5833, 0.5, 0.4167, 0.3333, 0.0];
        assert_eq!(curve.steps.len(), expect.len());
        for (step, expect) in curve.steps.iter().zip(expect) {
            near(step.survival, expect);
        }
        let median = curve.quantile(0.5).unwrap();
        assert_eq!(median.millis, hours(4.0));
        assert_eq!(median.low, Some(hours(1.0)));
        assert_eq!(median.high, Some(hours(100.0)));
        let day = curve.ended_by(hours(24.0)).unwrap();
        near(day.value, 0.5833);
        near(day.interval.low, 0.3347);
        near(day.interval.high, 0.8475);
        near(curve.restricted_mean_millis(hours(24.0)) / HOUR as f64, 11.6667);
        near(curve.restricted_mean_millis(hours(72.0)) / HOUR as f64, 27.8333);
    }

    #[test]
    fn golden_naive_figures() {
        near(naive_mean_millis(&sample()).unwrap() / HOUR as f64, 16.2222);
        near(naive_median_millis(&sample()).unwrap() / HOUR as f64, 3.0);
        assert_eq!(naive_mean_millis(&[Watch::censored(5)]), None);
    }

    #[test]
    fn golden_competing_causes() {
        let curve = Curve::of(&sample());
        let share = |cause, time| curve.incidence_at(cause, hours(time)).unwrap().value;
        near(share(Cause::Member, 24.0), 0.3333);
        near(share(Cause::Staff, 24.0), 0.25);
        near(share(Cause::Member, 100.0), 0.4167);
        near(share(Cause::Staff, 100.0), 0.5833);
    }

    #[test]
    fn the_curve_says_how_far_it_reaches() {
        let curve = Curve::of(&[Watch::ended(10, Cause::Member), Watch::censored(20)]);
        assert!(curve.survival_at(20).is_some());
        assert_eq!(curve.survival_at(21), None);
        assert_eq!(curve.quantile(0.9), None);
        assert_eq!(Curve::of(&[]).survival_at(0), None);
        let untouched = Curve::of(&[Watch::censored(50); 20]).survival_at(30).unwrap();
        assert_eq!(untouched.value, 1.0);
        near(untouched.interval.low, 1.0 - 0.1611);
    }

    fn watches() -> impl Strategy<Value = Vec<Watch>> {
        let cause = prop_oneof![Just(None), Just(Some(Cause::Member)), Just(Some(Cause::Staff))];
        proptest::collection::vec(
            (0..60_i64, cause).prop_map(|(millis, cause)| Watch { millis, cause }),
            1..80,
        )
    }

    proptest! {
        #[test]
        fn incidences_add_up_to_what_ended(watches in watches(), at in 0..60_i64) {
            let curve = Curve::of(&watches);
            if let Some(ended) = curve.ended_by(at) {
                let member = curve.incidence_at(Cause::Member, at).unwrap();
                let staff = curve.incidence_at(Cause::Staff, at).unwrap();
                prop_assert!((member.value + staff.value - ended.value).abs() < 1e-9);
                prop_assert!(member.interval.low <= member.value + 1e-9 && member.value <= member.interval.high + 1e-9);
                prop_assert!(ended.interval.low <= ended.value + 1e-9 && ended.value <= ended.interval.high + 1e-9);
            }
        }

        #[test]
        fn without_censoring_it_is_plain_counting(times in proptest::collection::vec((0..60_i64, any::<bool>()), 1..80), at in 0..60_i64) {
            let watches: Vec<Watch> = times.iter()
                .map(|(millis, staff)| Watch::ended(*millis, if *staff { Cause::Staff } else { Cause::Member }))
                .collect();
            let n = watches.len() as f64;
            let curve = Curve::of(&watches);
            let ended = times.iter().filter(|(millis, _)| *millis <= at).count() as f64;
            prop_assert!((curve.survival_at(at).unwrap().value - (1.0 - ended / n)).abs() < 1e-9);
            let rises = curve.rises(Cause::Staff, at);
            let share = rises.last().map_or(0.0, |rise| rise.incidence);
            prop_assert!((variance(&rises) - share * (1.0 - share) / n).abs() < 1e-9, "binomial variance");
        }

        #[test]
        fn the_curve_falls_and_more_watching_never_adds_ends(watches in watches()) {
            let curve = Curve::of(&watches);
            prop_assert!(curve.steps.windows(2).all(|pair| pair[0].survival > pair[1].survival && pair[0].millis < pair[1].millis));
            let ended: u64 = curve.steps.iter().map(Step::ended).sum();
            prop_assert_eq!(ended, watches.iter().filter(|watch| watch.cause.is_some()).count() as u64);
        }
    }
}
