//! Tools that are missing, damaged or forbidden.

use std::time::Duration;

use super::*;
use crate::engine::network::fetch::FetchError;
use crate::engine::run::step::StepError;
use crate::engine::terms::notices::Notices;
use crate::engine::tools::log::LogWriter;
use crate::engine::tools::process::{Exit, ProcessError, Spawn};
use crate::plan::Remote;
use crate::problem::{Code, Problem, Remedy};

/// Does what `uv` does of an installation: the environment is a folder with the executable of the tool. It fails where
/// a file of this name lies beside the tools.
struct Installer;

const UNREACHABLE: &str = "unreachable";

impl World for Installer {
    fn run(&self, spawn: &Spawn, log: &LogWriter, _: &Cancel) -> Result<Exit, ProcessError> {
        if spawn.cwd.with_file_name(UNREACHABLE).exists() {
            log.note("error: error sending request").unwrap();
            return Ok(Exit { code: Some(2), wall: Duration::ZERO });
        }
        if let Some(venv) = spawn.args.last().filter(|_| spawn.args[0] == "venv") {
            fs::create_dir_all(Path::new(venv).join("bin")).unwrap();
            fs::write(Path::new(venv).join("bin").join("tool"), "").unwrap();
        }
        Ok(Exit { code: Some(0), wall: Duration::ZERO })
    }

    fn fetch(&self, remote: &Remote, _: &Path, _: &Cancel) -> Result<(), FetchError> {
        Err(FetchError::Offline { name: remote.name.clone() })
    }
}

fn python() -> Interpreter {
    Interpreter {
        version: "3.12.1".into(),
        implementation: "cpython".into(),
        executable: "/nowhere/python3".into(),
        prefix: "/nowhere".into(),
        venv: false,
    }
}

/// Calls with a toolbox whose folder is this one.
fn with_toolbox<T>(folder: &Path, offline: bool, work: impl FnOnce(&Toolbox) -> T) -> T {
    let (probes, cancel, pythons) = (Probes::open(&folder.join("probes.json")), Cancel::default(), [python()]);
    let notices = Notices::default();
    let toolbox = Toolbox {
        folder,
        probes: &probes,
        pythons: &pythons,
        world: &Installer,
        offline,
        cancel: &cancel,
        off_limits: &[],
        notices: &notices,
    };
    work(&toolbox)
}

/// The pinned uv.
fn pinned_uv() -> Pinned<'static> {
    Pinned::new("uv", "uv", None).unwrap()
}

#[test]
fn what_the_catalogue_does_not_pin_is_not_installed() {
    for (name, python) in [("no-such-tool", None), ("git", None), (index_tool(), None)] {
        let error = Pinned::new(name, name, python).unwrap_err();
        assert_eq!(error.to_string(), format!("`{name}` is not a tool that can be installed here"));
    }
}

#[test]
fn a_program_of_this_system_has_the_version_that_it_says() {
    let folder = tempfile::tempdir().unwrap();
    with_toolbox(folder.path(), true, |toolbox| {
        let git = toolbox.system("git").unwrap();
        assert!(git.version.starts_with(|c: char| c.is_ascii_digit()) && git.program.is_absolute(), "{git:?}");
        // Nobody knows how to ask it.
        assert_eq!(toolbox.system("sh").unwrap().version, "");
        assert_eq!(toolbox.system("no-such-tool").unwrap_err().to_string(), "`no-such-tool` was not found on PATH");
    });
}

#[test]
fn without_network_a_tool_that_is_not_here_is_missed_before_it_is_used() {
    let folder = tempfile::tempdir().unwrap();
    let ask = |offline, name: &str| {
        with_toolbox(folder.path(), offline, |toolbox| toolbox.can_be_had(name, "tool", Some(&python())))
    };
    assert!(ask(false, index_tool()).is_ok() && ask(false, "no-such-tool").is_err());
    assert!(ask(true, index_tool()).is_err());
}

#[test]
fn a_missing_uv_names_the_command_that_gets_it() {
    let problem = Problem::from(ToolError::NotFetched { tool: "uv".into(), said: "No module named pip".into() });
    assert_eq!(problem.code, Code::ToolMissing);
    assert_eq!(problem.hints[0].command, ["pipx", "install", "uv"]);
}

#[test]
fn an_index_that_is_not_reached_is_said_so_once() {
    let retry = "WARNING: Retrying (Retry(total=1)) after connection broken by 'ProxyError('Cannot connect to proxy.')': /simple/uv/";
    let said = format!("{retry}\n{retry}\nERROR: No matching distribution found for uv==0.9.0\n");
    for error in [
        ToolError::NotFetched { tool: "uv".into(), said: said.clone() },
        ToolError::Install { tool: "pex".into(), said },
    ] {
        let problem = Problem::from(error);
        assert_eq!(problem.causes, ["the package index was not reached", retry]);
        assert!(problem.hints.iter().all(|hint| hint.command.is_empty()), "{problem:?}");
    }
}

#[test]
fn a_log_that_finds_no_room_is_one_message_with_a_hint() {
    let full = || std::io::Error::from_raw_os_error(28);
    let log = || ProcessError::Log { program: "uv".into(), source: full() };
    for problem in [Problem::from(ToolError::Process(log())), StepError::from(log()).into()] {
        assert_eq!((problem.message.as_str(), problem.code), ("cannot keep the log of `uv`", Code::Store));
        assert_eq!(problem.causes, [full().to_string()]);
        assert!(problem.with_remedy().hints[0].remedy == Some(Remedy::Trim));
    }
}

#[test]
fn without_network_nobody_is_asked_to_fetch_uv() {
    let folder = tempfile::tempdir().unwrap();
    let error = with_toolbox(folder.path(), true, |toolbox| toolbox.installed(pinned_uv()).unwrap_err());
    assert_eq!(error.to_string(), "`uv` was not found on PATH, and the network may not be used");
    assert!(Problem::from(error).hints[0].remedy == Some(Remedy::Online));
}

#[test]
fn an_index_that_did_not_answer_is_not_asked_again_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let silent = folder.path().join(UNREACHABLE);
    fs::write(&silent, "").unwrap();
    with_toolbox(folder.path(), false, |toolbox| {
        let first = toolbox.installed(pinned_uv()).unwrap_err();
        fs::remove_file(&silent).unwrap();
        let second = toolbox.installed(pinned_uv()).unwrap_err();
        for error in [first, second] {
            let ToolError::NotFetched { said, .. } = &error else { panic!("{error}") };
            assert!(said.contains("error sending request"), "{said}");
        }
    });
}

#[test]
fn what_a_dead_process_left_half_installed_is_swept() {
    let folder = tempfile::tempdir().unwrap();
    let dead = lease::tests::of_a_dead_one(folder.path(), STAGED);
    fs::create_dir(&dead).unwrap();
    with_toolbox(folder.path(), false, |toolbox| {
        let living = toolbox.staging().unwrap();
        let staged = toolbox.staging().unwrap();
        assert!(staged.path().is_dir() && living.path().is_dir() && !dead.exists());
    });
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

/// The name of a tool of the index.
fn index_tool() -> &'static str {
    let environment = |tool: &&Tool| tool.pins.as_ref().is_some_and(|pins| pins.form == Form::Environment);
    &catalogue::tool_names().filter_map(catalogue::tool).find(environment).unwrap().name
}

/// As if uv were there already.
fn put_uv(toolbox: &Toolbox) -> Managed {
    let uv = pinned_uv().place(toolbox.folder);
    fs::create_dir_all(&uv.root).unwrap();
    fs::write(&uv.program, "").unwrap();
    record::write(&uv.root, &record::Record::of(&uv.root).unwrap()).unwrap();
    uv
}

fn reference(name: &str) -> ToolRef {
    let python = Some(python().version);
    ToolRef::Managed { name: name.into(), executable: "tool".into(), python }
}

#[cfg(unix)]
#[test]
fn a_tool_that_lacks_its_executable_is_installed_again() {
    let folder = tempfile::tempdir().unwrap();
    with_toolbox(folder.path(), false, |toolbox| {
        put_uv(toolbox);
        let installed = toolbox.managed(index_tool(), "tool", Some(&python())).unwrap();
        fs::remove_file(&installed.program).unwrap();
        fs::write(installed.root.join("rest"), "").unwrap();
        let repaired = toolbox.managed(index_tool(), "tool", Some(&python())).unwrap();
        assert!(repaired.program.is_file() && !repaired.root.join("rest").exists());
    });
}

#[cfg(unix)]
#[test]
fn a_damaged_tool_is_mended_when_it_is_used_and_the_user_is_told_once() {
    let folder = tempfile::tempdir().unwrap();
    with_toolbox(folder.path(), false, |toolbox| {
        put_uv(toolbox);
        let tool = toolbox.managed(index_tool(), "tool", Some(&python())).unwrap();
        let mend = |look| toolbox.mend(&reference(index_tool()), &tool, look).unwrap();
        assert_eq!((mend(Look::Status), mend(Look::Contents)), (None, None));
        fs::write(tool.root.join("sitecustomize.py"), "import evil").unwrap();
        let said = mend(Look::Status).unwrap();
        assert!(said.contains("(`sitecustomize.py` was added): what does not belong to it was removed"), "{said}");
        remove_all(&tool.program);
        fs::write(&tool.program, "other").unwrap();
        let said = mend(Look::Status).unwrap();
        assert!(said.contains("was damaged (`bin/tool` differs) and was installed again"), "{said}");
        assert_eq!(mend(Look::Status), None);
        assert_eq!(fs::read_to_string(&tool.program).unwrap(), "");
        let told = std::sync::Mutex::new(0);
        toolbox.notices.tell(0, &|_, _| *told.lock().unwrap() += 1);
        assert_eq!(*told.lock().unwrap(), 2);
    });
}

#[cfg(unix)]
#[test]
fn a_damaged_tool_that_cannot_be_mended_says_what_is_wrong_and_what_helps() {
    let folder = tempfile::tempdir().unwrap();
    for offline in [false, true] {
        let mend = |toolbox: &Toolbox| {
            let tool = toolbox.managed(index_tool(), "tool", Some(&python())).unwrap();
            toolbox.mend(&reference(index_tool()), &tool, Look::Status)
        };
        with_toolbox(folder.path(), false, |toolbox| {
            put_uv(toolbox);
            mend(toolbox).unwrap();
            let tool = toolbox.managed(index_tool(), "tool", Some(&python())).unwrap();
            remove_all(&tool.program);
            fs::write(&tool.program, "other").unwrap();
        });
        fs::write(folder.path().join(UNREACHABLE), "").unwrap();
        let problem = Problem::from(with_toolbox(folder.path(), offline, |toolbox| mend(toolbox).unwrap_err()));
        assert!(problem.message.contains("is damaged (`bin/tool` differs)"), "{problem:?}");
        assert_eq!(problem.hints.iter().any(|hint| hint.remedy == Some(Remedy::Online)), offline);
        fs::remove_file(folder.path().join(UNREACHABLE)).unwrap();
    }
}

#[test]
fn a_damaged_uv_is_never_run_without_network_either() {
    let folder = tempfile::tempdir().unwrap();
    with_toolbox(folder.path(), true, |toolbox| {
        let uv = put_uv(toolbox);
        assert_eq!(toolbox.installed(pinned_uv()).unwrap(), uv);
        remove_all(&uv.program);
        fs::write(&uv.program, "cut").unwrap();
        let problem = Problem::from(toolbox.installed(pinned_uv()).unwrap_err());
        assert!(problem.message.starts_with("`uv` is damaged (`uv` differs)"), "{problem:?}");
    });
}

#[test]
fn who_waits_for_another_to_install_a_tool_can_be_cancelled() {
    let folder = tempfile::tempdir().unwrap();
    with_toolbox(folder.path(), false, |toolbox| {
        let _others = toolbox.lock("uv").unwrap();
        toolbox.cancel.cancel();
        let error = toolbox.installed(pinned_uv()).unwrap_err();
        assert_eq!(error.to_string(), "installing `uv` was cancelled");
        assert!(StepError::from(error).is_cancelled());
        assert_eq!(Problem::from(toolbox.lock("uv").unwrap_err()).code, Code::Cancelled);
    });
}
