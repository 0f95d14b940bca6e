//! The plot: nanoseconds of one emit over the number of subscribers, both on a logarithmic scale.

use plotters::{
    backend::SVGBackend,
    chart::{ChartBuilder, SeriesLabelPosition},
    drawing::IntoDrawingArea as _,
    element::{Circle, PathElement},
    prelude::IntoLogRange as _,
    series::LineSeries,
    style::{BLACK, Color as _, RGBColor, ShapeStyle, WHITE},
};

use bench_report::Result;

use super::{SUBSCRIBERS, figures::Figures};

/// Series, its name in the legend, its color.
const LINES: [(&str, &str, RGBColor); 8] = [
    ("ours", "events-core", RGBColor(214, 39, 40)),
    (
        "L1",
        "L1: loop over function pointers",
        RGBColor(170, 170, 170),
    ),
    ("L2", "L2: L1 with catch_unwind", RGBColor(90, 90, 90)),
    (
        "string map",
        "string-keyed map of closures",
        RGBColor(31, 119, 180),
    ),
    ("evenio", "evenio", RGBColor(44, 160, 44)),
    ("bevy_ecs", "bevy_ecs trigger", RGBColor(148, 103, 189)),
    ("signals2", "signals2", RGBColor(255, 127, 14)),
    ("tokio broadcast", "tokio broadcast", RGBColor(140, 86, 75)),
];

pub(super) fn svg(figures: &Figures) -> Result<String> {
    let mut svg = String::new();
    {
        let area = SVGBackend::with_string(&mut svg, (800, 520)).into_drawing_area();
        area.fill(&WHITE)?;
        let mut chart = ChartBuilder::on(&area)
            .margin(14)
            .caption("One emit, 16-byte event", ("sans-serif", 20))
            .x_label_area_size(44)
            .y_label_area_size(60)
            .build_cartesian_2d((0.9f64..75.0).log_scale(), (1.0f64..2000.0).log_scale())?;
        chart
            .configure_mesh()
            .x_desc("subscribers")
            .y_desc("ns per emit")
            .light_line_style(WHITE)
            .x_labels(6)
            .x_label_formatter(&|subscribers| format!("{subscribers:.0}"))
            .label_style(("sans-serif", 14))
            .draw()?;
        for (series, name, color) in LINES {
            let width = if series == "ours" { 3 } else { 2 };
            let style = color.stroke_width(width);
            let points = || {
                let positive = SUBSCRIBERS
                    .into_iter()
                    .filter(|&subscribers| subscribers > 0);
                positive
                    .map(|subscribers| (subscribers as f64, figures.times.at(series, subscribers)))
            };
            chart
                .draw_series(LineSeries::new(points(), style))?
                .label(name)
                .legend(move |(x, y)| PathElement::new([(x, y), (x + 22, y)], style));
            let dot = ShapeStyle::from(color).filled();
            chart.draw_series(points().map(|point| Circle::new(point, 3, dot)))?;
        }
        chart
            .configure_series_labels()
            .position(SeriesLabelPosition::UpperLeft)
            .background_style(WHITE.mix(0.9))
            .border_style(BLACK.mix(0.3))
            .label_font(("sans-serif", 14))
            .draw()?;
        area.present()?;
    }
    Ok(svg)
}
