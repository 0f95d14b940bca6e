//! The document: each generated section stands between two markers, which are HTML comments.

use std::{fs, path::Path};

use crate::Result;

/// Prints each section, a name and its text, and writes it into the document.
///
/// # Errors
///
/// When the document cannot be read or written, or has no markers for a section.
pub fn update(document: &Path, sections: &[(&str, String)]) -> Result<()> {
    let mut text = fs::read_to_string(document)?;
    for (section, content) in sections {
        println!("{content}");
        text = replaced(&text, section, content)
            .ok_or_else(|| format!("{} has no markers for `{section}`", document.display()))?;
    }
    fs::write(document, text)?;
    Ok(())
}

/// `text` with `content` between the markers of that section; `None` without these markers.
fn replaced(text: &str, section: &str, content: &str) -> Option<String> {
    let start = format!("<!-- {section} -->\n");
    let end = format!("<!-- end of {section} -->\n");
    let (before, rest) = text.split_once(&start)?;
    let (_, after) = rest.split_once(&end)?;
    Some(format!("{before}{start}\n{content}\n{end}{after}"))
}
