//! `held-out DIR [TASK]` judges our own examples, and for spam the sets of short texts too, by learners that had not seen them.

use std::collections::BTreeMap;
use std::error::Error;
use std::io::Write;
use std::path::Path;

use mainstreet_language::Intent;
use mainstreet_language::train::{self, HeldOut, Row, Task};

use crate::{SEED, Scored, binary, calibration_error, classes, likeliest, training_rows};

/// Own examples judged by learners that had not seen them (five turns): the figures behind the thresholds.
pub(crate) fn held_out(dir: &Path, only: Option<&str>, out: &mut impl Write) -> Result<(), Box<dyn Error>> {
    let rows = training_rows(dir)?;
    let wanted = |task: &Task| only.is_none_or(|only| format!("{task:?}").eq_ignore_ascii_case(only));
    for task in Task::ALL.into_iter().filter(wanted) {
        let judged = train::held_out(task, &rows, SEED, 5);
        if judged.is_empty() {
            continue;
        }
        let binary_task = judged.iter().all(|row| row.probabilities.len() == 1);
        writeln!(out, "## own examples, {task:?}")?;
        if binary_task {
            let mut sets: BTreeMap<&str, Scored> = BTreeMap::new();
            for row in &judged {
                let set = rows.get(row.row).map_or("", |row| row.set.as_str());
                let name = if set.starts_with("spam-") { set } else { "held out" };
                let scored = row.probabilities.first().map(|p| (*p, row.class == 1));
                sets.entry(name).or_default().extend(scored);
            }
            for (name, scored) in sets {
                binary(name, &scored, out)?;
            }
            if task == Task::Spam {
                strange_spam(&rows, &judged, out)?;
            }
            continue;
        }
        let pairs: Vec<_> = judged.iter().map(|row| (row.class, likeliest(&row.probabilities))).collect();
        let count = judged.first().map_or(0, |row| row.probabilities.len());
        classes("held out", &pairs, count, out)?;
        let of_likeliest: Scored = judged
            .iter()
            .map(|row| {
                (row.probabilities[likeliest(&row.probabilities)], row.class == likeliest(&row.probabilities))
            })
            .collect();
        writeln!(out, "calibration error of the likeliest {:.3}", calibration_error(&of_likeliest))?;
        if task == Task::Intent {
            let complaint = Intent::Complaint as usize;
            let scored: Scored =
                judged.iter().map(|row| (row.probabilities[complaint], row.class == complaint)).collect();
            complaints(&scored, out)?;
        }
    }
    Ok(())
}

/// Spam by what it came in: our own mails in turns, and what nobody has seen the like of: each video's comments left
/// out whole, our own mails left out whole; and the false alarms in sets that hold none.
fn strange_spam(rows: &[Row], judged: &[HeldOut], out: &mut impl Write) -> Result<(), Box<dyn Error>> {
    let scored = |judged: &[HeldOut], of: &dyn Fn(&Row) -> bool| -> Scored {
        judged
            .iter()
            .filter(|one| one.in_context && rows.get(one.row).is_some_and(of))
            .filter_map(|one| Some((*one.probabilities.first()?, one.class == 1)))
            .collect()
    };
    let mail = |row: &Row| row.set == "own" && row.text.starts_with("Subject:");
    let comment = |row: &Row| row.set == "own" && row.id.starts_with("comment-");
    binary("own mails, in turns", &scored(judged, &mail), out)?;
    binary("own comments, in turns", &scored(judged, &comment), out)?;
    let mut videos: Vec<&str> = rows.iter().map(|row| row.video.as_str()).filter(|v| !v.is_empty()).collect();
    videos.sort_unstable();
    videos.dedup();
    for video in videos {
        let judged = train::left_out(Task::Spam, rows, SEED, |row| row.video == video);
        binary(&format!("comments of video {video}, left out whole"), &scored(&judged, &|_| true), out)?;
    }
    let judged = train::left_out(Task::Spam, rows, SEED, mail);
    binary("own mails, left out whole", &scored(&judged, &|_| true), out)?;
    Ok(())
}

/// Recall, precision and false alarms of the complaint reading at several thresholds.
fn complaints(scored: &Scored, out: &mut impl Write) -> std::io::Result<()> {
    binary("complaint against the rest", scored, out)?;
    for threshold in [0.1, 0.2, 0.25, 0.3, 0.35, 0.4, 0.5, 0.6] {
        let said = scored.iter().filter(|(p, _)| *p >= threshold).count() as f32;
        let hit = scored.iter().filter(|(p, yes)| *yes && *p >= threshold).count() as f32;
        let yes = scored.iter().filter(|(_, yes)| *yes).count() as f32;
        let no = scored.len() as f32 - yes;
        writeln!(
            out,
            "complaint at {threshold}: recall {:.3}, precision {:.3}, false alarms {:.3}",
            hit / yes,
            hit / said.max(1.0),
            (said - hit) / no
        )?;
    }
    Ok(())
}
