//! What ties a program to the system: a unit for a service, a place in menus for what has windows.

use super::package::Package;
use super::text::{desktop, unit, unit_argument};
use crate::backend::PlanError;
use crate::facts::Trial;
use crate::plan::{Item, Word};
use crate::problem::{Code, Problem};

/// What the service may do beyond its network and its own folder: nothing. systemd.exec(5).
const CONFINED: &str = "DynamicUser=yes
ProtectHome=yes
PrivateDevices=yes
ProtectClock=yes
ProtectControlGroups=yes
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
ProtectProc=invisible
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX
RestrictNamespaces=yes
RestrictRealtime=yes
LockPersonality=yes
SystemCallArchitectures=native
UMask=0027
";

/// The last port that only the administrator may listen on.
const PRIVILEGED: u16 = 1023;

/// The name of the unit.
pub(super) fn unit_name(package: &Package) -> String {
    format!("{}.service", package.name)
}

/// The path of the file that says how the service is set up.
pub(super) fn settings_path(package: &Package) -> String {
    format!("/etc/default/{}", package.name)
}

/// The unit, and the file with its settings.
pub(super) fn service(package: &Package) -> Vec<Item> {
    let settings = format!(
        "# Variables of {}, one NAME=value a line. It reads them when it is started again.\n{}",
        unit_name(package),
        port(package).map(|port| format!("PORT={port}\n")).unwrap_or_default()
    );
    vec![
        Item::text(format!("usr/lib/systemd/system/{}", unit_name(package)), unit_file(package)),
        Item::text(settings_path(package).trim_start_matches('/'), settings),
    ]
}

/// The port that it listens on, as its trial says.
fn port(package: &Package) -> Option<u16> {
    match package.request.project.trial.value {
        Trial::Http { port, .. } => Some(port),
        Trial::Arguments { .. } | Trial::Window { .. } | Trial::Import { .. } | Trial::None { .. } => None,
    }
}

fn unit_file(package: &Package) -> String {
    let arguments: String = match &package.request.project.trial.value {
        Trial::Http { arguments, .. } => arguments.iter().map(|text| format!(" {}", unit_argument(text))).collect(),
        Trial::Arguments { .. } | Trial::Window { .. } | Trial::Import { .. } | Trial::None { .. } => String::new(),
    };
    let ports = match port(package) {
        Some(port) if port <= PRIVILEGED => {
            "AmbientCapabilities=CAP_NET_BIND_SERVICE\nCapabilityBoundingSet=CAP_NET_BIND_SERVICE\n"
        }
        _ => "CapabilityBoundingSet=\n",
    };
    format!(
        "[Unit]\nDescription={}\nDocumentation=man:{command}(1)\nWants=network-online.target\n\
         After=network-online.target\n\n[Service]\nType=exec\nExecStart=/usr/bin/{command}{arguments}\n\
         Environment=PYTHONUNBUFFERED=1\nEnvironmentFile=-{}\nRestart=on-failure\nStateDirectory={name}\n\
         WorkingDirectory=%S/{name}\n{CONFINED}{ports}\n[Install]\nWantedBy=multi-user.target\n",
        unit(&package.summary()),
        settings_path(package),
        command = package.command(),
        name = package.name,
    )
}

/// The desktop entry, and the icon where there is one. <https://specifications.freedesktop.org/desktop-entry-spec/latest/>
pub(super) fn menu(package: &Package) -> Result<Vec<Item>, PlanError> {
    let request = package.request;
    request.refuse_strangers("icon")?;
    let asked = request.options.get("icon");
    let metadata = request.project.metadata.icon.as_deref().unwrap_or_default();
    let icon = if asked.is_empty() { metadata } else { asked };
    let name = super::text::one_line(&request.project.name);
    let category = if request.facts.has("kind", "game") { "Game" } else { "Utility" };
    let mut entry = format!(
        "[Desktop Entry]\nType=Application\nName={}\nComment={}\nExec={}\nTerminal=false\nCategories={category};\n",
        desktop(&name),
        desktop(&package.summary()),
        package.command()
    );
    let mut items = Vec::new();
    if !icon.is_empty() {
        entry.push_str(&format!("Icon={}\n", package.name));
        items.push(Item::from(icon_path(package, icon)?, Word::source(icon)));
    }
    items.push(Item::text(format!("usr/share/applications/{}.desktop", package.name), entry));
    Ok(items)
}

/// Where an icon stands: drawings have a folder of their own, pictures of any size one for all.
fn icon_path(package: &Package, icon: &str) -> Result<String, PlanError> {
    let form = icon.rsplit_once('.').map(|(_, form)| form.to_ascii_lowercase()).unwrap_or_default();
    match form.as_str() {
        "svg" => Ok(format!("usr/share/icons/hicolor/scalable/apps/{}.svg", package.name)),
        "png" | "xpm" => Ok(format!("usr/share/pixmaps/{}.{form}", package.name)),
        _ => {
            let message = format!("the icon `{icon}` is in a form that no desktop of Linux shows");
            let problem = Problem::new(Code::Unsuitable, message);
            Err(problem.hint("Name a PNG or an SVG of the project by the option `icon`").into())
        }
    }
}
