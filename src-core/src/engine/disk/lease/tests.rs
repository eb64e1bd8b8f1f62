//! Leases: of the living, of the dead, and of those whom nobody can ask.

use std::time::UNIX_EPOCH;

use super::*;

/// What somebody would make who has just died: the lock is there, and nobody holds it.
pub(in crate::engine) fn of_a_dead_one(folder: &Path, prefix: &str) -> PathBuf {
    let lease = left(folder, &format!("{prefix}{}-", view(folder)));
    assert!(exists(&with_lock(&lease)));
    lease
}

fn left(folder: &Path, prefix: &str) -> PathBuf {
    let path = folder.join(format!("{prefix}{}", draw()));
    fs::write(with_lock(&path), "").unwrap();
    path
}

fn count(folder: &Path) -> usize {
    fs::read_dir(folder).unwrap().count()
}

fn make_old(path: &Path) {
    File::open(path).unwrap().set_modified(UNIX_EPOCH).unwrap();
}

#[test]
fn what_the_dead_left_goes_and_what_is_of_the_living_stays() {
    let folder = tempfile::tempdir().unwrap();
    let living = Lease::take(folder.path(), "").unwrap();
    let dead = of_a_dead_one(folder.path(), "");
    for path in [living.path(), &dead] {
        fs::create_dir_all(path.join("half")).unwrap();
    }
    sweep(folder.path(), "", |_| true);
    assert!(living.path().join("half").is_dir() && !exists(&dead));
    assert_eq!(count(folder.path()), 2, "the living one and its lock");
    drop(living);
    assert_eq!(count(folder.path()), 0);
}

#[test]
fn two_of_one_process_do_not_take_each_other_for_dead() {
    let folder = tempfile::tempdir().unwrap();
    let (one, other) = (Lease::take(folder.path(), "").unwrap(), Lease::take(folder.path(), "").unwrap());
    fs::write(other.path(), "half").unwrap();
    drop(one);
    sweep(folder.path(), "", |_| true);
    assert!(other.path().is_file());
    assert!(is_taken(folder.path(), other.name()) && !is_taken(folder.path(), Path::new("nobody")));
}

#[test]
fn those_who_take_and_those_who_sweep_at_once_do_no_harm_to_each_other() {
    let folder = tempfile::tempdir().unwrap();
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| (0..300).for_each(|_| sweep(folder.path(), "", |_| true)));
        }
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..100 {
                    let lease = Lease::take(folder.path(), "").unwrap();
                    fs::create_dir(lease.path()).unwrap();
                    fs::write(lease.path().join("file"), "half").unwrap();
                    std::thread::yield_now();
                    assert_eq!(fs::read(lease.path().join("file")).unwrap(), b"half");
                }
            });
        }
    });
    assert_eq!(count(folder.path()), 0);
}

#[test]
fn a_lock_that_was_removed_while_somebody_waited_for_it_is_not_held() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.lock");
    let file = File::create(&path).unwrap();
    assert!(is_at(&file, &path));
    fs::remove_file(&path).unwrap();
    assert!(!is_at(&file, &path));
    fs::write(&path, "").unwrap();
    assert!(!is_at(&file, &path), "another file is there now");
}

#[test]
fn what_another_machine_makes_lives_until_nobody_has_touched_it_for_a_day() {
    let folder = tempfile::tempdir().unwrap();
    let strange = left(folder.path(), "00000000-");
    fs::create_dir(&strange).unwrap();
    sweep(folder.path(), "", |_| true);
    assert!(strange.is_dir() && has_strangers(folder.path()));
    make_old(&with_lock(&strange));
    sweep(folder.path(), "", |_| true);
    assert!(strange.is_dir(), "it was made a moment ago");
    make_old(&strange);
    assert!(!has_strangers(folder.path()));
    sweep(folder.path(), "", |_| true);
    assert_eq!(count(folder.path()), 0);
}

#[test]
fn what_has_no_lock_is_doubtful_and_what_is_called_otherwise_is_none_of_our_business() {
    let folder = tempfile::tempdir().unwrap();
    let (new, old, other) = (folder.path().join(".x-4999999-1"), folder.path().join(".x-1"), folder.path().join("y"));
    for path in [&new, &old, &other] {
        fs::create_dir(path).unwrap();
    }
    make_old(&old);
    make_old(&other);
    sweep(folder.path(), ".x-", |_| true);
    assert!(new.exists() && !old.exists() && other.exists());
}

#[test]
fn what_could_not_be_saved_stays() {
    let folder = tempfile::tempdir().unwrap();
    let dead = of_a_dead_one(folder.path(), "");
    fs::create_dir(&dead).unwrap();
    sweep(folder.path(), "", |_| false);
    assert!(dead.is_dir());
}

#[cfg(unix)]
#[test]
fn a_link_that_looks_like_a_lock_is_not_followed() {
    let (folder, elsewhere) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let precious = elsewhere.path().join("precious");
    fs::write(&precious, "mine").unwrap();
    std::os::unix::fs::symlink(&precious, folder.path().join(format!("{}-1.lock", view(folder.path())))).unwrap();
    sweep(folder.path(), "", |_| true);
    assert_eq!(fs::read_to_string(&precious).unwrap(), "mine");
}
