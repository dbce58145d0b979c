//! What of a page stands in it as HTML: it can be read and printed without scripts.

use super::escape::html;
use super::{MOST_ROWS, Page, Parameters, kept};
use crate::report::study::{Answers, Study, number};
use crate::study::MeasureSummary;
use crate::words::counted;
use std::io::{self, Write};

type Out<'a> = &'a mut dyn Write;

pub(super) fn title(out: Out<'_>, study: &Study) -> io::Result<()> {
    write!(out, "{}: flagfall study", html(&study.manifest.model))
}

pub(super) fn heading(out: Out<'_>, study: &Study) -> io::Result<()> {
    write!(out, "{}", html(&study.manifest.model))?;
    let names: Vec<String> =
        study.manifest.factors.iter().map(|factor| html(&factor.name)).collect();
    if names.is_empty() { Ok(()) } else { write!(out, " by {}", names.join(" and ")) }
}

pub(super) fn facts(out: Out<'_>, study: &Study) -> io::Result<()> {
    let level = number(study.manifest.level * 100.0, 4);
    write!(
        out,
        "{} · {} · {level} % confidence intervals",
        html(&study.size()),
        html(&study.manifest.seeds())
    )
}

pub(super) fn footer(out: Out<'_>, study: &Study) -> io::Result<()> {
    let name = format!(" Study {}.", html(&study.manifest.study));
    made_by(out, &study.manifest.flagfall, &name)
}

/// Who made it: a version, and what else stands in the line.
pub(super) fn made_by(out: Out<'_>, version: &str, what: &str) -> io::Result<()> {
    write!(out, "Made by flagfall {}.{what} Plots by uPlot 1.6.32, MIT licence.", html(version))
}

/// Links to the sections: their names in the page, and their titles.
pub(super) fn nav(out: Out<'_>, sections: &[(&str, &str)]) -> io::Result<()> {
    sections.iter().try_for_each(|(name, title)| write!(out, "<a href=\"#{name}\">{title}</a>"))
}

/// The answers to what was asked, above all else.
pub(super) fn answers(out: Out<'_>, study: &Study, answers: &Answers) -> io::Result<()> {
    for sentence in answers.sentences(study) {
        write!(out, "<p class=\"note answer\"><strong>{}</strong></p>", html(&sentence))?;
    }
    Ok(())
}

/// A cell for each goal: whether a point reaches it.
fn verdicts(out: Out<'_>, answers: &Answers, point: usize) -> io::Result<()> {
    for goal in answers.goals() {
        write!(out, "<td>{}</td>", html(&goal.points[point].text()))?;
    }
    Ok(())
}

/// What a reader has to know before anything else.
pub(super) fn notes(out: Out<'_>, study: &Study) -> io::Result<()> {
    let failed = study.summary.failed();
    if failed > 0 {
        write!(
            out,
            "<p class=\"note\"><span class=\"bad\">{failed} of {} failed.</span> They \
             are in no mean; the table of replications shows their errors and the commands that \
             repeat them.</p>",
            counted(study.rows.len(), "replication")
        )?;
    }
    for note in &study.notes {
        write!(out, "<p class=\"note\">{}</p>", html(note))?;
    }
    if study.rows.len() > MOST_ROWS {
        write!(
            out,
            "<p class=\"note\" id=\"cut\">The table of replications holds {} of {} rows: the first \
             of each point, and failed ones. Summary, plots of means and distributions are of \
             all.</p>",
            kept(study).len(),
            study.rows.len()
        )?;
    }
    Ok(())
}

pub(super) fn parameters(out: Out<'_>, page: &Page<'_>) -> io::Result<()> {
    let study = page.study;
    write!(out, "<code class=\"code\">{}</code>\n<div class=\"pair\">", html(&page.command))?;
    write!(out, "<div><h3>Grid: {}</h3><dl>", counted(study.manifest.points.len(), "point"))?;
    for factor in &study.manifest.factors {
        entry(out, &factor.name, &factor.levels.join(", "))?;
    }
    entry(out, "replications", &study.asked())?;
    let seeds = study.manifest.seeds();
    entry(out, "seed", seeds.strip_prefix("seed ").unwrap_or(&seeds))?;
    write!(out, "</dl></div>")?;
    let Parameters { same, differ, note } = &page.parameters;
    if !same.is_empty() {
        let all = if study.manifest.comparison.is_some() { "scenarios" } else { "points" };
        write!(out, "<div><h3>The same at all {all}</h3><dl>")?;
        same.iter().try_for_each(|(name, value)| entry(out, name, value))?;
        write!(out, "</dl></div>")?;
    }
    if !differ.is_empty() {
        let each = if study.manifest.comparison.is_some() { "scenario" } else { "point" };
        write!(out, "<div><h3>One for each {each}, in order</h3><dl>")?;
        differ.iter().try_for_each(|(name, values)| entry(out, name, &values.join("; ")))?;
        write!(out, "</dl></div>")?;
    }
    write!(out, "</div>")?;
    if note.is_empty() { Ok(()) } else { write!(out, "<p class=\"hint\">{}</p>", html(note)) }
}

/// A parameter and its value in a list.
pub(super) fn entry(out: Out<'_>, name: &str, value: &str) -> io::Result<()> {
    write!(out, "<dt>{}</dt><dd>{}</dd>", html(name), html(value))
}

pub(super) fn summary(out: Out<'_>, study: &Study, answers: &Answers) -> io::Result<()> {
    let level = number(study.manifest.level * 100.0, 4);
    write!(
        out,
        "<p class=\"hint\">Mean ± half-width of the {level} % confidence interval over \
         {}.</p>\n<div class=\"scroll\" tabindex=\"0\" role=\"region\" \
         aria-label=\"Summary\"><table>\n<thead><tr><th scope=\"col\">point</th>",
        if study.summary.has_pairs() { "the means of antithetic pairs" } else { "replications" }
    )?;
    for factor in &study.manifest.factors {
        write!(out, "<th scope=\"col\">{}</th>", html(&factor.name))?;
    }
    write!(out, "<th scope=\"col\">runs</th>")?;
    if study.summary.failed() > 0 {
        write!(out, "<th scope=\"col\">failed</th>")?;
    }
    for goal in answers.goals() {
        write!(out, "<th scope=\"col\">{}</th>", html(&goal.goal.to_string()))?;
    }
    if let Some(controlled) = &answers.controlled {
        let name = html(&study.summary.measures[controlled.measure].name);
        write!(out, "<th scope=\"col\">{name}, controlled</th>")?;
    }
    for measure in &study.summary.measures {
        let unit = if measure.unit == "1" { "" } else { &*measure.unit };
        let (name, unit) = (html(&measure.name), html(unit));
        write!(out, "<th scope=\"col\">{name}<span class=\"unit\">{unit}</span></th>")?;
    }
    writeln!(out, "</tr></thead>\n<tbody>")?;
    let points = study.manifest.points.iter().zip(&study.summary.points);
    for (at, (asked, point)) in points.enumerate() {
        write!(out, "<tr><th scope=\"row\">{at}</th>")?;
        for level in &asked.levels {
            write!(out, "<td>{}</td>", html(level))?;
        }
        write!(out, "<td>{}</td>", point.replications)?;
        if study.summary.failed() > 0 {
            let class = if point.failed > 0 { " class=\"bad\"" } else { "" };
            write!(out, "<td{class}>{}</td>", point.failed)?;
        }
        verdicts(out, answers, at)?;
        if let Some(controlled) = &answers.controlled {
            write!(out, "<td>{}</td>", html(&controlled.text(at)))?;
        }
        for summary in &point.measures {
            cell(out, summary)?;
        }
        writeln!(out, "</tr>")?;
    }
    write!(out, "</tbody></table></div>")
}

fn cell(out: Out<'_>, summary: &MeasureSummary) -> io::Result<()> {
    let text = html(&summary.text);
    match text.split_once(" ± ") {
        Some((mean, half)) => write!(out, "<td>{mean}<span class=\"half\"> ± {half}</span></td>"),
        None => write!(out, "<td>{text}</td>"),
    }
}
