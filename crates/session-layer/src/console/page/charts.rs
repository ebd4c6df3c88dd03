use std::fmt::Write as _;

use maud::{Markup, html};

use crate::console::chart::Chart;

/// The figures of the last hour, as pictures and as a table.
pub(super) fn charts(charts: &[Chart]) -> Markup {
    html! {
        section aria-labelledby="figures-title" {
            h2 id="figures-title" { "Figures of this instance, last hour or since its start" }
            div.cards.live id="charts" {
                @for chart in charts { (figure(chart)) }
            }
            details {
                summary { "As a table" }
                div.live id="figures-table" {
                    dl.figures { @for chart in charts { (entry(chart)) } }
                }
            }
        }
    }
}

fn figure(chart: &Chart) -> Markup {
    let written = |value| chart.unit.write(value);
    let now = written(chart.now());
    let range = format!("{} to {}", written(chart.lowest()), written(chart.highest()));
    let label = format!("{}: {now}; in the last hour {range}", chart.title);
    html! {
        figure.card id={ "chart-" (chart.id) } {
            figcaption { (chart.title) }
            p.now { (now) }
            @if chart.has_data() {
                svg role="img" aria-label=(label) viewBox={ "0 0 " (width(chart)) " " (HEIGHT) }
                    preserveAspectRatio="none" focusable="false" {
                    path d=(path(chart)) {}
                }
                p.note { (range) }
            }
        }
    }
}

fn entry(chart: &Chart) -> Markup {
    let written = |value| chart.unit.write(value);
    html! {
        div {
            dt { (chart.title) }
            dd { "now " (written(chart.now())) }
            @for minutes in [10, 30, 59] {
                dd { (minutes) " minutes ago " (written(chart.ago(minutes))) }
            }
            dd { "lowest " (written(chart.lowest())) }
            dd { "highest " (written(chart.highest())) }
        }
    }
}

/// What there is fills the picture, also where the instance has not run for an hour.
fn width(chart: &Chart) -> usize {
    chart.points.len().saturating_sub(1).max(1)
}

const HEIGHT: u16 = 60;
/// So that lines at the top and at the bottom are whole.
const EDGE: f64 = 3.0;

/// The line, up to now at the right, with gaps where there is no data.
fn path(chart: &Chart) -> String {
    let highest = chart.highest().unwrap_or_default().max(f64::MIN_POSITIVE);
    let height = f64::from(HEIGHT);
    let mut path = String::new();
    let mut is_drawing = false;
    for (x, point) in chart.points.iter().enumerate() {
        if let Some(value) = point {
            let y = height - EDGE - (height - 2.0 * EDGE) * (value / highest).clamp(0.0, 1.0);
            let verb = if is_drawing { 'L' } else { 'M' };
            // A point alone is a line to itself.
            let dot = if is_drawing { "" } else { "h0" };
            // Writing to a string does not fail.
            let _ = write!(path, "{verb}{x} {y:.1}{dot}");
        }
        is_drawing = point.is_some();
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::console::unit::Unit;

    fn chart(points: Vec<Option<f64>>) -> Chart {
        Chart { id: "a", title: "A", unit: Unit::Count, points }
    }

    #[test]
    fn the_latest_point_is_at_the_right_and_the_highest_at_the_top() {
        let line = path(&chart(vec![Some(0.0), Some(4.0)]));
        assert_eq!(line, "M0 57.0h0L1 3.0");
    }

    #[test]
    fn there_is_a_gap_where_there_is_no_data() {
        let line = path(&chart(vec![Some(1.0), None, Some(1.0)]));
        assert_eq!(line, "M0 3.0h0M2 3.0h0");
    }

    #[test]
    fn a_picture_says_in_words_what_it_shows() {
        let text = figure(&chart(vec![Some(1.0), Some(3.0)])).into_string();
        assert!(text.contains("aria-label=\"A: 3; in the last hour 1 to 3\""), "{text}");
    }
}
