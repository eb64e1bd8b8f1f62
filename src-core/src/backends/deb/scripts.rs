//! What runs when the package is installed, upgraded and removed; Debian Policy 6.

use super::integration::unit_name;
use super::package::{Package, Payload};
use crate::plan::{Item, Mode};

/// The scripts that have something to do.
pub(super) fn maintainer_scripts(package: &Package) -> Vec<Item> {
    let scripts = [("postinst", configured(package)), ("prerm", before_removal(package)), ("postrm", removed(package))];
    let scripts = scripts.into_iter().filter(|(_, parts)| parts.iter().any(|part| !part.is_empty()));
    let scripts = scripts.map(|(name, parts)| {
        let text = format!("#!/bin/sh\nset -e\n{}", parts.concat());
        Item::text(format!("DEBIAN/{name}"), text).mode(Mode::PROGRAM)
    });
    scripts.collect()
}

/// Bytecode is made on the system that runs it, as packages of Debian do: it then fits, and nobody but the administrator could
/// write it later. Then the service is enabled, unless somebody disabled it, and started where systemd runs.
fn configured(package: &Package) -> Vec<String> {
    let compiled = match package.payload {
        Payload::Venv => format!(
            "\nif command -v py3compile >/dev/null; then\n    py3compile -p {} /{}\nfi\n",
            package.name,
            package.folder()
        ),
        Payload::Frozen => String::new(),
    };
    let started = if package.is_service() {
        format!(
            "\nunit={}\nif deb-systemd-helper unmask $unit >/dev/null && deb-systemd-helper --quiet was-enabled $unit; then\n\
             \x20   deb-systemd-helper enable $unit >/dev/null || true\nelse\n\
             \x20   deb-systemd-helper update-state $unit >/dev/null || true\nfi\n\
             if [ -d /run/systemd/system ]; then\n    systemctl --system daemon-reload >/dev/null || true\n\
             \x20   if [ -n \"$2\" ]; then\n        deb-systemd-invoke restart $unit >/dev/null || true\n\
             \x20   else\n        deb-systemd-invoke start $unit >/dev/null || true\n    fi\nfi\n",
            unit_name(package)
        )
    } else {
        String::new()
    };
    vec![compiled, started]
}

/// The service is stopped, and what Python has written goes: dpkg knows nothing of it.
fn before_removal(package: &Package) -> Vec<String> {
    let stopped = if package.is_service() {
        format!(
            "\nif [ \"$1\" = remove ] && [ -d /run/systemd/system ]; then\n\
             \x20   deb-systemd-invoke stop {} >/dev/null || true\nfi\n",
            unit_name(package)
        )
    } else {
        String::new()
    };
    let cleaned = match package.payload {
        Payload::Venv => {
            format!("\nfind /{} -name __pycache__ -type d -prune -exec rm -rf '{{}}' +\n", package.folder())
        }
        Payload::Frozen => String::new(),
    };
    vec![stopped, cleaned]
}

/// When it is purged, its settings of systemd and its data go too.
fn removed(package: &Package) -> Vec<String> {
    if !package.is_service() {
        return Vec::new();
    }
    let name = &package.name;
    vec![format!(
        "\nif [ -d /run/systemd/system ]; then\n    systemctl --system daemon-reload >/dev/null || true\nfi\n\
         if [ \"$1\" = purge ]; then\n    deb-systemd-helper purge {} >/dev/null || true\n\
         \x20   rm -rf /var/lib/private/{name}\n    [ ! -L /var/lib/{name} ] || rm -f /var/lib/{name}\nfi\n",
        unit_name(package)
    )]
}
