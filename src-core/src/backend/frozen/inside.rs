//! What goes into a frozen program although nothing in the code shows it.

use std::collections::BTreeSet;

use super::super::carries_wheel;
use super::Freezing;
use crate::backend::Reference;
use crate::facts::{RiskKind, normalize};
use crate::plan::{Command, Piece, Word};

impl Freezing<'_> {
    /// Options of `PyInstaller` for what cannot be seen in the code.
    pub(super) fn what_goes_in(&self, command: Command) -> Command {
        let options = &self.request.options;
        let each = |command: Command, flag: &str, values: BTreeSet<String>| {
            values.into_iter().fold(command, |command, value| command.args([flag.to_owned(), value]))
        };
        let listed = |id: &str| options.list(id).into_iter().map(str::to_owned).collect::<BTreeSet<_>>();
        let mut imports = listed("hidden-imports");
        imports.extend(self.started_by_name());
        let mut data = listed("collect-data");
        data.extend(self.own_packages_with(|package| {
            self.request.project.data_files.iter().any(|file| is_within(&file.package, package))
        }));
        let mut metadata = listed("copy-metadata");
        metadata.extend(self.metadata());
        let submodules = self.own_packages_with(|_| self.request.has_risk(RiskKind::DynamicImport));
        let command = each(command, "--hidden-import", imports);
        let command = each(command, "--collect-submodules", submodules);
        let command = each(command, "--collect-data", data);
        let command = each(command, "--collect-all", listed("collect"));
        let command = each(command, "--copy-metadata", metadata);
        let command = each(command, "--exclude-module", listed("exclude"));
        let command = self.files_beside().into_iter().fold(command, |command, path| {
            let folder = path.rsplit_once('/').map_or(".", |(folder, _)| folder).to_owned();
            command.arg("--add-data").arg(Word::source(&path).then(Piece::Text(format!(":{folder}"))))
        });
        match self.shape.icon.as_str() {
            "" => command,
            icon => command.arg("--icon").arg(Word::source(icon)),
        }
    }

    /// What the launcher starts by its name alone.
    fn started_by_name(&self) -> Vec<String> {
        let others = self.shape.others.iter().map(|(_, start)| start);
        std::iter::once(&self.application.start).chain(others).flat_map(|start| self.named(start)).collect()
    }

    fn named(&self, start: &Reference) -> Vec<String> {
        if start.function.is_some() {
            return Vec::new();
        }
        if let Some(runs) = &start.runs {
            return vec![start.module.clone(), format!("{}.__main__", start.module), runs.clone()];
        }
        let is_folder = |path: &str| !path.ends_with(".py");
        let mut packages = self.request.project.packages.iter();
        let is_package = packages.any(|package| package.name == start.module && is_folder(&package.path));
        let main = is_package.then(|| format!("{}.__main__", start.module));
        std::iter::once(start.module.clone()).chain(main).collect()
    }

    fn own_packages_with(&self, wanted: impl Fn(&str) -> bool) -> BTreeSet<String> {
        let names = self.request.project.packages.iter().map(|package| package.name.clone());
        names.filter(|name| wanted(name)).collect()
    }

    /// Distributions whose metadata the program asks for; its own is small, and always there where it was installed.
    fn metadata(&self) -> BTreeSet<String> {
        let request = self.request;
        let lock = request.resolved.locks.get(&request.environment);
        let names = lock.into_iter().flat_map(|lock| lock.packages.iter().map(|package| package.name.clone()));
        let asked = |name: &String| {
            let risks = request.project.risks.iter().filter(|risk| risk.kind == RiskKind::DistributionMetadata);
            risks.filter_map(|risk| risk.what.split('"').nth(1)).any(|asked| normalize(asked) == *name)
        };
        let own = request.project.is_buildable().then(|| request.project.normalized_name());
        names.filter(asked).chain(own).collect()
    }

    /// Files of the project that go in beside the code: those asked for, and those that a script opens beside itself.
    fn files_beside(&self) -> BTreeSet<String> {
        let project = &self.request.project;
        let mut files: BTreeSet<String> =
            self.request.options.list("add-data").into_iter().map(str::to_owned).collect();
        if let Some(entry) = self.request.entries.first().filter(|entry| entry.runner.is_some()) {
            files.extend(entry.file().map(str::to_owned));
        }
        if !self.request.entries.first().is_some_and(|entry| carries_wheel(self.request, entry)) {
            // Also what is opened in the working folder: where the line is changed, it is there.
            let kinds = [RiskKind::FileBesideCode, RiskKind::FileInWorkingFolder];
            for risk in project.risks.iter().filter(|risk| kinds.contains(&risk.kind)) {
                let folder = risk.what.strip_suffix('…');
                let is_meant = |file: &&String| {
                    let is_code = file.ends_with(".py");
                    **file == risk.what || folder.is_some_and(|folder| file.starts_with(folder) && !is_code)
                };
                files.extend(project.selection.files.iter().filter(is_meant).cloned());
            }
        }
        files
    }
}

/// Whether a package is another one, or inside it.
fn is_within(package: &str, other: &str) -> bool {
    package.strip_prefix(other).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}
