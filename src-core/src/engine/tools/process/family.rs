//! Looks at the processes that descend from one: who was orphaned, who holds a pipe open, and whether all have stopped.
//!
//! All of it is read from `/proc` (proc(5)), which shows what runs in a sandbox too.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::os::unix::fs::MetadataExt;

/// A process as `/proc/PID/stat` describes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Process {
    pub parent: i32,
    /// `R`, `S`, `T`…
    pub state: char,
    /// Time on processors, its own and that of its children that ended, in clock ticks.
    pub ticks: u64,
    /// When it started, in clock ticks since boot.
    pub started: u64,
}

/// Everything that descends from one process, by process id.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Family {
    root: i32,
    members: BTreeMap<i32, Process>,
}

/// What shows whether processes do anything: the time each has worked.
pub(super) type Work = Vec<(i32, u64)>;

impl Family {
    /// Looks.
    pub fn below(root: i32) -> Self {
        if !is_own() {
            return Self { root, ..Self::default() };
        }
        let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
        let ids = entries.filter_map(|entry| entry.file_name().to_str()?.parse::<i32>().ok());
        Self::of(root, ids.filter_map(|id| Some((id, parse(&fs::read_to_string(format!("/proc/{id}/stat")).ok()?)?))))
    }

    /// Those of all processes that descend from one, without those that ended and wait only to be noticed.
    fn of(root: i32, all: impl Iterator<Item = (i32, Process)>) -> Self {
        let all: BTreeMap<i32, Process> = all.filter(|(_, process)| !matches!(process.state, 'Z' | 'X')).collect();
        let mut below = BTreeSet::from([root]);
        // Ids are used again: a child may have a smaller one than its parent.
        loop {
            let more: Vec<i32> = all
                .iter()
                .filter(|(id, process)| below.contains(&process.parent) && !below.contains(*id))
                .map(|(id, _)| *id)
                .collect();
            if more.is_empty() {
                break;
            }
            below.extend(more);
        }
        Self { root, members: all.into_iter().filter(|(id, _)| *id != root && below.contains(id)).collect() }
    }

    /// Those of them who descend from one of these, with these.
    pub fn descending(&self, from: &BTreeSet<i32>) -> BTreeSet<i32> {
        self.ids().filter(|id| self.line(*id).any(|id| from.contains(&id))).collect()
    }

    pub fn ids(&self) -> impl Iterator<Item = i32> {
        self.members.keys().copied()
    }

    pub fn len(&self) -> usize {
        self.members.len()
    }

    /// What those did so far that are chosen.
    pub fn work(&self, chosen: impl Fn(i32) -> bool) -> Work {
        self.members.iter().filter(|(id, _)| chosen(**id)).map(|(id, process)| (*id, process.ticks)).collect()
    }

    /// Whether one of those is at work, or waits for a processor or a disk to be.
    pub fn is_at_work(&self, chosen: impl Fn(i32) -> bool) -> bool {
        self.members.iter().any(|(id, process)| chosen(*id) && matches!(process.state, 'R' | 'D'))
    }

    /// Whether somebody has stopped, and all others only wait for those who have; orphans do not count.
    pub fn has_stopped(&self, orphans: &BTreeSet<i32>) -> bool {
        let stopped = self.members.iter().filter(|(id, process)| process.state == 'T' && !orphans.contains(*id));
        let waiting: BTreeSet<i32> = stopped.flat_map(|(id, _)| self.line(*id)).collect();
        !waiting.is_empty() && self.ids().all(|id| waiting.contains(&id) || orphans.contains(&id))
    }

    /// A process with all from which it descends, as far as they belong here.
    fn line(&self, id: i32) -> impl Iterator<Item = i32> {
        let parent = |id: &i32| self.members.get(id).map(|process| process.parent);
        std::iter::successors(Some(id), parent).filter(|id| *id != self.root)
    }

    /// Those whose parent ended, with their children: they were given to the root, or to the first process of a sandbox,
    /// which had one child of their own before. `first` is the root's.
    pub fn orphans(&self, first: i32, is_initial: impl Fn(i32) -> bool) -> BTreeSet<i32> {
        let own_child = |parent: i32| {
            let children = self.members.iter().filter(|(_, process)| process.parent == parent);
            children.min_by_key(|(id, process)| (process.started, **id)).map(|(id, _)| *id)
        };
        let takers: BTreeMap<i32, Option<i32>> = self
            .ids()
            .filter(|id| is_initial(*id))
            .map(|id| (id, own_child(id)))
            .chain([(self.root, Some(first))])
            .collect();
        let is_given = |id: &i32| {
            let parent = self.members.get(id).map(|process| process.parent);
            parent.and_then(|parent| takers.get(&parent)).is_some_and(|own| *own != Some(*id))
        };
        self.descending(&self.ids().filter(is_given).collect())
    }

    /// Those orphans that alone hold pipes open at whose other end one of the others reads.
    pub fn holders(&self, orphans: &BTreeSet<i32>, pipes: impl Fn(i32) -> Pipes) -> BTreeSet<i32> {
        if orphans.is_empty() {
            return BTreeSet::new();
        }
        let others: Vec<Pipes> = self.ids().filter(|id| !orphans.contains(id)).map(&pipes).collect();
        let is_held = |pipe: &String| {
            others.iter().any(|other| other.read.contains(pipe))
                && !others.iter().any(|other| other.written.contains(pipe))
        };
        orphans.iter().copied().filter(|id| pipes(*id).written.iter().any(is_held)).collect()
    }

    /// Those that write into one of these pipes.
    pub fn writers(&self, into: &BTreeSet<String>) -> BTreeSet<i32> {
        self.ids().filter(|id| !pipes(*id).written.is_disjoint(into)).collect()
    }
}

/// Whether `/proc` shows the ids that this process knows, and not those of the namespace around it.
pub(super) fn is_own() -> bool {
    fs::read_link("/proc/self").is_ok_and(|own| own.to_str() == Some(std::process::id().to_string().as_str()))
}

/// Reads `/proc/PID/stat`.
fn parse(stat: &str) -> Option<Process> {
    // The second field, the name, may hold spaces and brackets: count from its last bracket.
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    let number = |field: usize| fields.get(field - 3)?.parse::<u64>().ok();
    Some(Process {
        parent: fields.get(1)?.parse().ok()?,
        state: fields.first()?.chars().next()?,
        ticks: [14, 15, 16, 17].into_iter().filter_map(number).sum(),
        started: number(22)?,
    })
}

/// Whether a process is the first one of a sandbox, which gets the orphans there.
pub(super) fn is_initial(id: i32) -> bool {
    // A process without a status has ended.
    let status = fs::read_to_string(format!("/proc/{id}/status")).unwrap_or_default();
    let ids = status.lines().find_map(|line| line.strip_prefix("NSpid:")).unwrap_or_default();
    let mut ids = ids.split_whitespace();
    ids.next_back() == Some("1") && ids.next().is_some()
}

/// The ends of pipes that a process has, each by what `/proc` calls the pipe.
#[derive(Debug, Default, Clone)]
pub(super) struct Pipes {
    pub read: BTreeSet<String>,
    pub written: BTreeSet<String>,
}

/// The pipes of a process. None, where it may not be looked into.
pub(super) fn pipes(id: i32) -> Pipes {
    let mut found = Pipes::default();
    for entry in fs::read_dir(format!("/proc/{id}/fd")).into_iter().flatten().flatten() {
        let path = entry.path();
        let name = fs::read_link(&path).ok().and_then(|target| Some(target.to_str()?.to_owned()));
        let Some(name) = name.filter(|name| name.starts_with("pipe:")) else { continue };
        // The mode of the link says how the descriptor was opened.
        let mode = fs::symlink_metadata(&path).map(|found| found.mode()).unwrap_or_default();
        if mode & 0o400 != 0 {
            found.read.insert(name.clone());
        }
        if mode & 0o200 != 0 {
            found.written.insert(name);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROOT: i32 = 100;

    /// Processes as `(id, parent, state)`; each started later than the one before.
    fn family(processes: &[(i32, i32, char)]) -> Family {
        let all = processes.iter().enumerate().map(|(started, (id, parent, state))| {
            (*id, Process { parent: *parent, state: *state, ticks: 0, started: started as u64 })
        });
        Family::of(ROOT, all)
    }

    fn ends(read: &[&str], written: &[&str]) -> Pipes {
        let set = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        Pipes { read: set(read), written: set(written) }
    }

    #[test]
    fn a_line_of_stat_is_read_whatever_the_program_is_called() {
        let line = "7 (a) b (c) S 3 7 7 0 -1 4194304 1 2 3 4 10 20 30 40 20 0 1 0 555 1 2";
        assert_eq!(parse(line), Some(Process { parent: 3, state: 'S', ticks: 100, started: 555 }));
        assert_eq!(parse("7 (a"), None);
    }

    #[test]
    fn only_descendants_that_have_not_ended_belong_to_it() {
        let family = family(&[(100, 1, 'S'), (7, 8, 'S'), (8, 100, 'S'), (9, 1, 'S'), (10, 8, 'Z'), (11, 7, 'R')]);
        assert_eq!(family.ids().collect::<Vec<_>>(), [7, 8, 11]);
    }

    #[test]
    fn whoever_lost_his_parent_is_an_orphan_in_a_sandbox_too() {
        let bare = family(&[(101, ROOT, 'S'), (102, 101, 'S'), (103, ROOT, 'S'), (104, 103, 'S')]);
        assert_eq!(bare.orphans(101, |_| false), BTreeSet::from([103, 104]));
        // bubblewrap, the first process within, the tool, and its child that lost its parent.
        let within = family(&[(101, ROOT, 'S'), (102, 101, 'S'), (103, 102, 'S'), (104, 103, 'S'), (105, 102, 'S')]);
        assert_eq!(within.orphans(101, |id| id == 102), BTreeSet::from([105]));
    }

    #[test]
    fn an_orphan_holds_a_pipe_that_nobody_else_writes_into_and_somebody_reads() {
        let family = family(&[(101, ROOT, 'S'), (102, 101, 'S'), (103, ROOT, 'S')]);
        let orphans = family.orphans(101, |_| false);
        let holders = |tool: Pipes, child: Pipes, orphan: Pipes| {
            let all = BTreeMap::from([(101, tool), (102, child), (103, orphan)]);
            family.holders(&orphans, |id| all[&id].clone())
        };
        let none = Pipes::default;
        assert_eq!(holders(ends(&["a"], &[]), none(), ends(&[], &["a"])), orphans);
        assert!(holders(ends(&["a"], &[]), ends(&[], &["a"]), ends(&[], &["a"])).is_empty(), "its child writes");
        assert!(holders(none(), none(), ends(&[], &["a"])).is_empty(), "nobody waits for it");
        assert!(holders(ends(&["b"], &[]), none(), ends(&["b"], &["a"])).is_empty(), "another pipe");
    }

    #[test]
    fn all_have_stopped_when_the_others_only_wait_for_them() {
        let have = |processes: &[(i32, i32, char)]| {
            let family = family(processes);
            family.has_stopped(&family.orphans(101, |_| false))
        };
        assert!(have(&[(101, ROOT, 'S'), (102, 101, 'T'), (103, 102, 'T')]));
        assert!(have(&[(101, ROOT, 'S'), (102, 101, 'T'), (103, ROOT, 'S')]), "an orphan does not count");
        assert!(!have(&[(101, ROOT, 'S'), (102, 101, 'T'), (103, 101, 'S')]), "one still works");
        assert!(!have(&[(101, ROOT, 'S'), (103, ROOT, 'T')]) && !have(&[(101, ROOT, 'S')]) && !have(&[]));
    }

    #[test]
    fn who_waits_for_a_processor_is_at_work() {
        let family = family(&[(101, ROOT, 'S'), (102, ROOT, 'R'), (103, ROOT, 'D')]);
        let is_at_work = |one: i32| family.is_at_work(|id| id == one);
        assert_eq!([101, 102, 103].map(is_at_work), [false, true, true]);
    }

    #[test]
    fn what_was_started_here_is_seen() {
        let (_read, end) = std::io::pipe().unwrap();
        let mut child = std::process::Command::new("/bin/sleep").arg("60").stdout(end).spawn().unwrap();
        let id = i32::try_from(child.id()).unwrap();
        let family = Family::below(i32::try_from(std::process::id()).unwrap());
        assert!(family.ids().any(|known| known == id) && !is_initial(id));
        let written = pipes(id).written;
        assert!(!written.is_empty() && family.writers(&written).contains(&id));
        child.kill().unwrap();
        child.wait().unwrap();
    }
}
