use std::fmt::Write;

use guard_layer::Policy;

use crate::history::History;
use crate::replay::{Moment, Outcome, replay};

const WIDTH: f64 = 800.0;
const HEIGHT: f64 = 300.0;
const MARGIN: f64 = 40.0;

/// Draws the score over time of a history, as SVG: stolen requests are red, and dashed lines are
/// the scores from which on the policy challenges and ends.
pub fn draw(history: &History, policy: &Policy) -> String {
    let outcome = replay(history, policy);
    let scale = Scale::of(&outcome, policy);
    let mut svg = head(history, policy);
    line(&mut svg, &scale, policy.challenges_from(), "challenge");
    if let Some(end) = policy.ends_from() {
        line(&mut svg, &scale, end, "end");
    }
    path(&mut svg, &scale, &outcome.moments);
    outcome.moments.iter().for_each(|moment| dot(&mut svg, &scale, moment));
    svg + "</svg>\n"
}

struct Scale {
    seconds: f64,
    score: f64,
}

impl Scale {
    fn of(outcome: &Outcome, policy: &Policy) -> Self {
        let seconds = outcome.moments.iter().map(|moment| moment.at).max().unwrap_or_default();
        let highest = outcome.moments.iter().map(|moment| moment.score).max().unwrap_or_default();
        let threshold = policy.ends_from().unwrap_or(policy.challenges_from());
        let seconds = u32::try_from(seconds).unwrap_or(u32::MAX).max(1);
        Self { seconds: seconds.into(), score: highest.max(threshold).into() }
    }

    fn x(&self, moment: &Moment) -> f64 {
        let at = u32::try_from(moment.at).unwrap_or(u32::MAX);
        MARGIN + f64::from(at) / self.seconds * (WIDTH - 2.0 * MARGIN)
    }

    fn y(&self, score: u32) -> f64 {
        HEIGHT - MARGIN - f64::from(score) / self.score * (HEIGHT - 2.0 * MARGIN)
    }
}

fn head(history: &History, policy: &Policy) -> String {
    let title = format!("{} ({}): {}", history.name, policy.name(), history.about);
    let title = title.replace('&', "&amp;").replace('<', "&lt;");
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" \
         font-family=\"sans-serif\" font-size=\"11\">\n\
         <rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n\
         <text x=\"{MARGIN}\" y=\"20\">{title}</text>\n"
    )
}

fn line(svg: &mut String, scale: &Scale, score: u32, name: &str) {
    let (y, right) = (scale.y(score), WIDTH - MARGIN);
    // Writing to a string can't fail.
    let _ = writeln!(
        svg,
        "<path d=\"M{MARGIN} {y:.1}H{right}\" stroke=\"grey\" stroke-dasharray=\"4\"/>\
         <text x=\"{MARGIN}\" y=\"{:.1}\" fill=\"grey\">{name} {score}</text>",
        y - 3.0
    );
}

fn path(svg: &mut String, scale: &Scale, moments: &[Moment]) {
    let point = |moment: &Moment| format!("{:.1},{:.1}", scale.x(moment), scale.y(moment.score));
    let points: Vec<_> = moments.iter().map(point).collect();
    let points = points.join(" ");
    let _ = writeln!(svg, "<polyline points=\"{points}\" fill=\"none\" stroke=\"steelblue\"/>");
}

fn dot(svg: &mut String, scale: &Scale, moment: &Moment) {
    let (x, y) = (scale.x(moment), scale.y(moment.score));
    let colour = if moment.stolen { "crimson" } else { "steelblue" };
    let _ = writeln!(svg, "<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"4\" fill=\"{colour}\"/>");
}
