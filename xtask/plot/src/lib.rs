//! Horizontal bars of ratios as an SVG: what was measured, beside what it is compared with.
//!
//! The same figure always makes the same bytes. Colours follow the reader's preference for light or dark.

use svg::node::element::{Group, Line, Rectangle, SVG, Style, Text, Title};

/// A picture of several panels.
#[derive(Clone, Debug, Default)]
pub struct Figure {
    /// What it shows.
    pub title: String,
    /// How to read it, a line each.
    pub notes: Vec<String>,
    /// What the bars stand for, each in a colour of its own: six at most.
    pub series: Vec<String>,
    /// One below the other.
    pub panels: Vec<Panel>,
}

/// Rows with one scale, which begins at nought.
#[derive(Clone, Debug, Default)]
pub struct Panel {
    /// What it shows.
    pub title: String,
    /// Values with a line across all rows, and what to call it.
    pub marks: Vec<(f64, String)>,
    /// One below the other.
    pub rows: Vec<Row>,
}

/// Bars of one thing.
#[derive(Clone, Debug, Default)]
pub struct Row {
    /// The thing, in [`NAME`] letters.
    pub name: String,
    /// One below the other.
    pub bars: Vec<Bar>,
}

/// One bar.
#[derive(Clone, Debug, Default)]
pub struct Bar {
    /// Its place in [`Figure::series`].
    pub series: usize,
    /// Its length.
    pub value: f64,
    /// What is written at its end.
    pub text: String,
}

/// Width of the picture, in pixels like all that follows.
const WIDTH: usize = 860;
/// Space around everything.
const MARGIN: usize = 20;
/// Where bars begin.
const LEFT: usize = 190;
/// Length of the longest bar, or of the farthest mark.
const LENGTH: usize = 440;
/// Thickness of a bar, and what is between two of a row and between rows.
const BAR: usize = 11;
const BETWEEN_BARS: usize = 3;
const BETWEEN_ROWS: usize = 8;
/// From one line of text to the next.
const LINE: usize = 18;
/// How wide a letter is, more or less.
const LETTER: usize = 7;

/// So many letters of a row's name are seen.
pub const NAME: usize = (LEFT - 8) / LETTER;

impl Figure {
    /// Returns the picture.
    pub fn svg(&self) -> String {
        let mut drawing = Drawing::new();
        drawing.down = MARGIN;
        drawing.line("title", &self.title);
        for note in &self.notes {
            drawing.line("note", note);
        }
        drawing.legend(&self.series);
        for panel in &self.panels {
            drawing.panel(panel);
        }
        let height = drawing.down + MARGIN;
        let picture = SVG::new()
            .set("viewBox", (0, 0, WIDTH, height))
            .set("width", WIDTH)
            .set("height", height)
            .set("role", "img")
            .add(Title::new(self.title.as_str()))
            .add(Style::new(STYLE))
            .add(rectangle("paper", (0, 0), (WIDTH as f64, height)).set("rx", 6))
            .add(drawing.content);
        format!("{picture}\n")
    }
}

/// What is drawn so far.
struct Drawing {
    content: Group,
    /// How far down it reaches.
    down: usize,
}

impl Drawing {
    fn new() -> Self {
        Self {
            content: Group::new(),
            down: 0,
        }
    }

    fn add(&mut self, node: impl Into<Box<dyn svg::Node>>) {
        svg::Node::append(&mut self.content, node);
    }

    /// Adds text with its baseline at `y`.
    fn text(&mut self, class: &str, (x, y): (usize, usize), text: &str) {
        let text = Text::new(text).set("class", class).set("x", x).set("y", y);
        self.add(text);
    }

    fn line(&mut self, class: &str, text: &str) {
        self.down += LINE;
        self.text(class, (MARGIN, self.down - 4), text);
    }

    /// Adds the names of the series, as many to a line as there is room for.
    fn legend(&mut self, series: &[String]) {
        let mut x = WIDTH;
        for (index, name) in series.iter().enumerate() {
            let width = 2 * BAR + LETTER * name.chars().count() + MARGIN;
            if x + width > WIDTH {
                x = MARGIN;
                self.down += LINE;
            }
            let top = self.down - BAR - 2;
            self.add(rectangle(&series_class(index), (x, top), (BAR as f64, BAR)));
            self.text("note", (x + BAR + 5, self.down - 4), name);
            x += width;
        }
    }

    fn panel(&mut self, panel: &Panel) {
        self.down += LINE / 2;
        self.line("panel", &panel.title);
        let bars = panel.rows.iter().flat_map(|row| &row.bars);
        let longest = bars
            .map(|bar| bar.value)
            .chain(panel.marks.iter().map(|mark| mark.0))
            .fold(f64::MIN_POSITIVE, f64::max);
        let scale = LENGTH as f64 / longest;
        if !panel.marks.is_empty() {
            self.down += LINE;
        }
        let top = self.down;
        // Above the lines that cross all rows.
        let mut texts = Vec::new();
        for row in &panel.rows {
            let height = row.bars.len() * (BAR + BETWEEN_BARS) - BETWEEN_BARS.min(row.bars.len());
            self.text("name", (LEFT - 8, self.down + height / 2 + 4), &row.name);
            for (index, bar) in row.bars.iter().enumerate() {
                let y = self.down + index * (BAR + BETWEEN_BARS);
                let length = rounded(bar.value * scale);
                self.add(rectangle(
                    &series_class(bar.series),
                    (LEFT, y),
                    (length, BAR),
                ));
                let end = LEFT + length.ceil() as usize + 5;
                texts.push(((end, y + BAR - 2), &bar.text));
            }
            self.down += height + BETWEEN_ROWS;
        }
        for (value, name) in &panel.marks {
            let x = rounded(LEFT as f64 + value * scale);
            let line = Line::new()
                .set("class", "mark")
                .set("x1", x)
                .set("x2", x)
                .set("y1", top - 3)
                .set("y2", self.down - BETWEEN_ROWS + 3);
            self.add(line);
            self.text("mark", (x as usize, top - 7), name);
        }
        for (place, text) in texts {
            self.text("value", place, text);
        }
    }
}

fn rectangle(class: &str, (x, y): (usize, usize), (width, height): (f64, usize)) -> Rectangle {
    Rectangle::new()
        .set("class", class)
        .set("x", x)
        .set("y", y)
        .set("width", width)
        .set("height", height)
}

fn series_class(index: usize) -> String {
    format!("s{index}")
}

/// Rounds to a tenth of a pixel, which is more than one sees.
fn rounded(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}

const STYLE: &str = "
text { font-family: system-ui, 'Segoe UI', 'Helvetica Neue', Arial, sans-serif; font-size: 12px; fill: #1f2328; }
.title { font-size: 16px; font-weight: 600; }
.panel { font-size: 13px; font-weight: 600; }
.note, text.mark { fill: #59636e; }
.name { text-anchor: end; }
.value { font-size: 11px; paint-order: stroke; stroke: #ffffff; stroke-width: 2.5px; }
text.mark { font-size: 11px; text-anchor: middle; }
line.mark { stroke: #cf222e; stroke-dasharray: 4 3; }
.paper { fill: #ffffff; stroke: #d1d9e0; }
.s0 { fill: #1f6feb; }
.s1 { fill: #2da08a; }
.s2 { fill: #8c959f; }
.s3 { fill: #d4862a; }
.s4 { fill: #a475d8; }
.s5 { fill: #86b6f5; }
@media (prefers-color-scheme: dark) {
text { fill: #e6edf3; }
.note, text.mark { fill: #9198a1; }
line.mark { stroke: #f85149; }
.value { stroke: #0d1117; }
.paper { fill: #0d1117; stroke: #3d444d; }
.s0 { fill: #4c8df6; }
.s1 { fill: #3fb89f; }
.s2 { fill: #7d8590; }
.s3 { fill: #d99b4e; }
.s4 { fill: #b18ae0; }
.s5 { fill: #2c579b; }
}
";

#[cfg(test)]
mod tests {
    use super::*;

    fn figure() -> Figure {
        let bar = |series, value: f64| Bar {
            series,
            value,
            text: format!("{value:.2}"),
        };
        Figure {
            title: "Two & more".to_owned(),
            notes: vec!["less < more".to_owned()],
            series: vec!["own".to_owned(), "by hand".to_owned()],
            panels: vec![Panel {
                title: "calls".to_owned(),
                marks: vec![(1.0, "by hand".to_owned())],
                rows: vec![
                    Row {
                        name: "one".to_owned(),
                        bars: vec![bar(0, 2.0), bar(1, 1.0)],
                    },
                    Row {
                        name: "none".to_owned(),
                        bars: Vec::new(),
                    },
                ],
            }],
        }
    }

    #[test]
    fn the_same_figure_makes_the_same_bytes() {
        let first = figure().svg();
        for _ in 0..20 {
            assert_eq!(figure().svg(), first);
        }
    }

    #[test]
    fn bars_are_as_long_as_their_values() {
        let svg = figure().svg();
        let long = format!(r#"<rect class="s0" height="{BAR}" width="{LENGTH}" x="{LEFT}""#);
        let half = format!(
            r#"<rect class="s1" height="{BAR}" width="{}" x="{LEFT}""#,
            LENGTH / 2
        );
        assert!(svg.contains(&long), "{svg}");
        assert!(svg.contains(&half), "{svg}");
        let mark = LEFT + LENGTH / 2;
        assert!(
            svg.contains(&format!(r#"<line class="mark" x1="{mark}" x2="{mark}""#)),
            "{svg}"
        );
    }

    #[test]
    fn text_is_escaped_and_everything_is_named() {
        let svg = figure().svg();
        for text in [
            "Two &amp; more",
            "less &lt; more",
            "calls",
            "one",
            "none",
            "own",
            "by hand",
            "2.00",
        ] {
            assert!(svg.contains(text), "{text}: {svg}");
        }
        assert!(!svg.contains("less < more"));
    }

    #[test]
    fn a_figure_without_anything_is_a_picture_too() {
        let svg = Figure::default().svg();
        assert!(
            svg.starts_with("<svg ") && svg.ends_with("</svg>\n"),
            "{svg}"
        );
        assert!(!svg.contains("NaN"), "{svg}");
    }
}
