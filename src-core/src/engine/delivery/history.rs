//! What was built: an embedded database of receipts and components, so that one can ask which artifacts hold what.

use std::path::Path;

use rusqlite::{Connection, ErrorCode, params};
use serde::{Deserialize, Serialize};

use super::receipt;
use crate::engine::disk::private;
use crate::engine::terms::json;
use crate::event::Receipt;
use crate::facts::pep;
use crate::problem::{Code, Problem};
use crate::redaction;

/// Why the history cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum HistoryError {
    /// The database failed.
    #[error("the history cannot be read or written")]
    Database(#[from] rusqlite::Error),
    /// The folder cannot be made.
    #[error("the folder of the history cannot be created")]
    Folder(#[from] std::io::Error),
    /// A query that is none.
    #[error("`{0}` is not a requirement such as `click<8.1`")]
    Query(String),
}

impl HistoryError {
    /// The error and what lies beneath as one sentence.
    pub(in crate::engine) fn in_words(&self) -> String {
        let beneath = std::error::Error::source(self).map(|source| format!(": {source}")).unwrap_or_default();
        format!("{self}{beneath}")
    }

    /// Whether the database is damaged, and no other error of it would be.
    fn is_damage(&self) -> bool {
        let Self::Database(error) = self else { return false };
        let damaged = [ErrorCode::NotADatabase, ErrorCode::DatabaseCorrupt];
        error.sqlite_error_code().is_some_and(|code| damaged.contains(&code))
    }
}

/// One build.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Build {
    /// Counts up.
    pub id: i64,
    /// Seconds since 1970, UTC.
    pub made_at: i64,
    /// The project's folder, or the script that it is.
    pub root: String,
    /// Where the artifact was put.
    pub path: String,
    /// What was made.
    pub receipt: Receipt,
}

/// The last build of each project, of builds with the newest first.
pub fn last_of_each(builds: &[Build]) -> Vec<&Build> {
    let mut last: Vec<&Build> = Vec::new();
    for build in builds {
        if !last.iter().any(|known| known.root == build.root) {
            last.push(build);
        }
    }
    last
}

/// The history of this user.
#[derive(Debug)]
pub struct History {
    database: Connection,
}

/// The name of its file.
const FILE: &str = "history.sqlite";

/// What an error of the history in this folder means. A damaged one is not thrown away: what can be read of it may be
/// worth something.
pub(in crate::engine) fn problem(folder: &Path, error: &HistoryError) -> Problem {
    if let HistoryError::Query(_) = error {
        return Problem::new(Code::Usage, error.to_string());
    }
    let file = folder.join(FILE);
    let name = file.display().to_string();
    let problem = Problem::new(Code::Store, format!("the history `{name}` cannot be used")).because(error);
    if error.is_damage() {
        let command = ["mv".to_owned(), name.clone(), format!("{name}.damaged")];
        return problem.hint_command("It is damaged. Move it away: the next build begins a new one", command);
    }
    problem
}

/// Removes what belongs to a database that was moved away: the next one must not take it for its own.
fn remove_leftovers(file: &Path) {
    if !file.exists() {
        for ending in ["-wal", "-shm"] {
            let mut leftover = file.as_os_str().to_owned();
            leftover.push(ending);
            let _ = std::fs::remove_file(leftover);
        }
    }
}

impl History {
    /// Opens it below a folder, creating it if it is not there.
    pub fn open(folder: &Path) -> Result<Self, HistoryError> {
        private::create_dir_all(folder)?;
        let file = folder.join(FILE);
        remove_leftovers(&file);
        // The files that SQLite puts beside it get its mode.
        private::touch(&file)?;
        let database = Connection::open(file)?;
        database.busy_timeout(std::time::Duration::from_secs(5))?;
        database.execute_batch(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;
             CREATE TABLE IF NOT EXISTS build (
                 id INTEGER PRIMARY KEY, made_at INTEGER NOT NULL, root TEXT NOT NULL, project TEXT NOT NULL,
                 technology TEXT NOT NULL, path TEXT NOT NULL, receipt TEXT NOT NULL);
             CREATE INDEX IF NOT EXISTS build_project ON build (project, made_at);
             CREATE TABLE IF NOT EXISTS component (
                 build INTEGER NOT NULL REFERENCES build (id) ON DELETE CASCADE, name TEXT NOT NULL, version TEXT NOT NULL);
             CREATE INDEX IF NOT EXISTS component_name ON component (name, version);",
        )?;
        Ok(Self { database })
    }

    /// Adds a build. A relative path is kept as the absolute one it is now: who reads it may be anywhere.
    pub fn add(&mut self, root: &Path, path: &Path, receipt: &Receipt) -> Result<(), HistoryError> {
        let path = std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf());
        let text = json::line(receipt);
        let text = redaction::without_addressed(&text);
        let transaction = self.database.transaction()?;
        transaction.execute(
            "INSERT INTO build (made_at, root, project, technology, path, receipt) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            params![
                receipt.made_at,
                root.display().to_string(),
                receipt.project,
                receipt.artifact.technology,
                path.display().to_string(),
                text
            ],
        )?;
        let id = transaction.last_insert_rowid();
        for component in &receipt.components {
            transaction.execute(
                "INSERT INTO component (build, name, version) VALUES (?1, ?2, ?3)",
                params![id, component.name, component.version],
            )?;
        }
        Ok(transaction.commit()?)
    }

    /// The newest builds first, at most this many; of one project, if asked.
    pub fn list(&self, project: Option<&str>, most: usize) -> Result<Vec<Build>, HistoryError> {
        let mut query = self.database.prepare(
            "SELECT id, made_at, root, path, receipt FROM build WHERE ?1 IS NULL OR project = ?1 ORDER BY made_at DESC, id DESC LIMIT ?2",
        )?;
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        let rows = query.query_map(params![project, most], read)?;
        Ok(rows.collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect())
    }

    /// Builds with a component that meets a requirement such as `click<8.1`.
    pub fn containing(&self, requirement: &str) -> Result<Vec<Build>, HistoryError> {
        let bad = || HistoryError::Query(requirement.to_owned());
        let at = requirement.find(|c: char| "<>=!~ ".contains(c)).unwrap_or(requirement.len());
        let (name, specifiers) = requirement.split_at(at);
        let specifiers = pep::specifiers(specifiers.trim()).map_err(|_| bad())?;
        let name = crate::facts::normalize(name);
        if name.is_empty() {
            return Err(bad());
        }
        let mut query = self.database.prepare(
            "SELECT build.id, made_at, root, path, receipt, component.version FROM build
             JOIN component ON component.build = build.id WHERE component.name = ?1 ORDER BY made_at DESC, build.id DESC",
        )?;
        let rows = query.query_map(params![name], |row| Ok((read(row)?, row.get::<_, String>(5)?)))?;
        let mut found = Vec::new();
        for row in rows {
            let (build, version) = row?;
            let meets =
                specifiers.is_empty() || pep::version(&version).is_some_and(|version| specifiers.contains(&version));
            found.extend(build.filter(|_| meets));
        }
        Ok(found)
    }
}

/// One row; a receipt of a format that is not understood is passed over.
fn read(row: &rusqlite::Row) -> rusqlite::Result<Option<Build>> {
    let text: String = row.get(4)?;
    let Ok(receipt) = receipt::read(text.as_bytes()) else { return Ok(None) };
    Ok(Some(Build { id: row.get(0)?, made_at: row.get(1)?, root: row.get(2)?, path: row.get(3)?, receipt }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_damaged_history_is_named_and_moving_it_away_begins_a_new_one() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join(FILE);
        std::fs::write(&file, "This is no database, but long enough to look like the header of one".repeat(9)).unwrap();
        let error = History::open(folder.path()).unwrap_err();
        let problem = problem(folder.path(), &error);
        assert!(problem.message.contains(&file.display().to_string()), "{problem:?}");
        assert_eq!(problem.hints[0].command[..2], ["mv".to_owned(), file.display().to_string()]);
        std::fs::rename(&file, &problem.hints[0].command[2]).unwrap();
        std::fs::write(folder.path().join("history.sqlite-wal"), "of another").unwrap();
        assert!(History::open(folder.path()).unwrap().list(None, 9).unwrap().is_empty());
    }

    #[test]
    fn a_history_that_cannot_be_opened_for_another_reason_is_not_moved_away() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join(FILE)).unwrap();
        let problem = problem(folder.path(), &History::open(folder.path()).unwrap_err());
        assert!(problem.hints.is_empty() && problem.causes.len() == 2, "{problem:?}");
        assert_eq!(super::problem(folder.path(), &HistoryError::Query("<<".into())).code, Code::Usage);
    }
}
