//! Charts as SVG: two panels, one above the other, with the same seconds.

use std::fmt::Write;

/// One line of a chart.
pub struct Line {
    /// Its name in the legend.
    pub name: String,
    /// A value for each second.
    pub values: Vec<f64>,
}

/// One panel.
pub struct Panel {
    /// The name of the values.
    pub title: &'static str,
    /// Powers of ten on the axis, instead of equal steps.
    pub log: bool,
    /// A dashed line across, and its name.
    pub mark: Option<(f64, &'static str)>,
    /// The lines.
    pub lines: Vec<Line>,
}

/// Colors that people with color blindness can distinguish (Okabe and Ito).
const COLOURS: [&str; 8] = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000", "#999999"];
const WIDTH: f64 = 760.0;
const HEIGHT: f64 = 230.0;
const LEFT: f64 = 64.0;
const RIGHT: f64 = 16.0;
const TOP: f64 = 34.0;

/// 1,000,000 as 1 M.
pub fn short(value: f64) -> String {
    match value {
        v if v >= 1e6 => format!("{} M", trim(v / 1e6)),
        v if v >= 1e3 => format!("{} k", trim(v / 1e3)),
        v => trim(v),
    }
}

fn trim(value: f64) -> String {
    let digits = usize::from(value < 10.0 && value.fract() > 0.05);
    format!("{value:.digits$}")
}

/// The chart.
pub fn svg(title: &str, panels: &[Panel]) -> String {
    let mut out = String::new();
    let names: Vec<&str> = panels.first().map(|panel| panel.lines.iter().map(|line| &line.name[..]).collect()).unwrap_or_default();
    let legend = 22.0 * names.len().div_ceil(2) as f64 + 12.0;
    let height = 26.0 + panels.len() as f64 * (HEIGHT + TOP + 24.0) + legend;
    let _ = writeln!(
        out,
        r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {} {height}" font-family="sans-serif" font-size="12" role="img">
<title>{title}</title>
<rect width="100%" height="100%" fill="#ffffff"/>
<text x="{LEFT}" y="20" font-size="15" font-weight="bold">{title}</text>"##,
        LEFT + WIDTH + RIGHT
    );
    let mut top = 26.0;
    for panel in panels {
        draw(&mut out, panel, top + TOP);
        top += HEIGHT + TOP + 24.0;
    }
    for (index, name) in names.iter().enumerate() {
        let (x, y) = (LEFT + (index % 2) as f64 * WIDTH / 2.0, top + 16.0 + 22.0 * (index / 2) as f64);
        let colour = COLOURS[index % COLOURS.len()];
        let _ = writeln!(
            out,
            r#"<path d="M{x} {}h26" stroke="{colour}" stroke-width="3"/><text x="{}" y="{y}">{name}</text>"#,
            y - 4.0,
            x + 34.0
        );
    }
    out.push_str("</svg>\n");
    out
}

fn draw(out: &mut String, panel: &Panel, top: f64) {
    let seconds = panel.lines.iter().map(|line| line.values.len()).max().unwrap_or(1).max(2);
    let all = panel.lines.iter().flat_map(|line| &line.values).copied();
    let most = all.fold(panel.mark.map_or(1.0, |(mark, _)| mark), f64::max);
    let scale = |value: f64| {
        let part = if panel.log { value.max(1.0).log10() / most.log10().ceil() } else { value / most };
        top + HEIGHT * (1.0 - part)
    };
    let x = |second: f64| LEFT + WIDTH * second / (seconds - 1) as f64;
    let _ = writeln!(out, r#"<text x="{LEFT}" y="{}" font-weight="bold">{}</text>"#, top - 10.0, panel.title);
    let ticks: Vec<f64> = if panel.log {
        (0..=most.log10().ceil() as i32).map(|power| 10f64.powi(power)).collect()
    } else {
        (0..=4).map(|part| most * f64::from(part) / 4.0).collect()
    };
    for tick in ticks {
        let y = scale(tick);
        let _ = writeln!(
            out,
            r##"<path d="M{LEFT} {y:.1}h{WIDTH}" stroke="#dddddd"/><text x="{}" y="{:.1}" text-anchor="end">{}</text>"##,
            LEFT - 6.0,
            y + 4.0,
            short(tick)
        );
    }
    let step = [5, 10, 20, 30, 60, 120].into_iter().find(|step| seconds / step <= 10).unwrap_or(300);
    for second in (0..seconds).step_by(step) {
        let _ = writeln!(out, r#"<text x="{:.1}" y="{}" text-anchor="middle">{second} s</text>"#, x(second as f64), top + HEIGHT + 16.0);
    }
    if let Some((mark, name)) = panel.mark {
        let y = scale(mark);
        let _ = writeln!(
            out,
            r##"<path d="M{LEFT} {y:.1}h{WIDTH}" stroke="#666666" stroke-dasharray="6 4"/><text x="{}" y="{:.1}" text-anchor="end" fill="#666666">{name}</text>"##,
            LEFT + WIDTH,
            y - 4.0
        );
    }
    for (index, line) in panel.lines.iter().enumerate() {
        let mut path = String::new();
        for (second, &value) in line.values.iter().enumerate() {
            let _ = write!(path, "{}{:.1} {:.1}", if second == 0 { 'M' } else { 'L' }, x(second as f64), scale(value));
        }
        let _ = writeln!(out, r#"<path d="{path}" fill="none" stroke="{}" stroke-width="1.6"/>"#, COLOURS[index % COLOURS.len()]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chart_has_every_line_and_stays_inside() {
        let line = |name: &str, values: &[f64]| Line { name: name.into(), values: values.into() };
        let lines = vec![line("a", &[0.0, 1000.0, 10.0]), line("b", &[5.0, 5.0, 5.0])];
        let chart = svg("Test", &[Panel { title: "values", log: true, mark: Some((100.0, "limit")), lines }]);
        assert_eq!(chart.matches("fill=\"none\"").count(), 2);
        assert!(chart.contains(">limit<") && chart.contains(">a<") && chart.contains(">1 k<"), "{chart}");
        assert!(!chart.contains("NaN") && !chart.contains("inf"), "{chart}");
    }

    #[test]
    fn numbers_are_short() {
        assert_eq!([short(0.0), short(999.0), short(1500.0), short(50_000.0), short(2e6)], ["0", "999", "1.5 k", "50 k", "2 M"]);
    }
}
