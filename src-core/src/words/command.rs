//! Commands as people read and copy them.

/// An argument vector as it can be typed into a POSIX shell. For reading and copying only: nothing is run this way.
pub fn shell_line(arguments: &[String]) -> String {
    let quoted: Vec<String> = arguments.iter().map(|argument| quoted(argument)).collect();
    quoted.join(" ")
}

/// One argument as it can be typed into a POSIX shell.
pub fn quoted(argument: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "-_./:=@%+,".contains(c);
    if !argument.is_empty() && argument.chars().all(plain) {
        return argument.to_owned();
    }
    format!("'{}'", argument.replace('\'', r"'\''"))
}

/// An argument vector as it can be typed into the command prompt of Windows and into PowerShell.
pub fn windows_line(arguments: &[String]) -> String {
    let plain = |c: char| c.is_alphanumeric() || "-_.\\:=+/".contains(c);
    let quoted = |argument: &String| {
        let is_plain = !argument.is_empty() && argument.chars().all(plain);
        if is_plain { argument.clone() } else { format!("\"{argument}\"") }
    };
    let line: Vec<String> = arguments.iter().map(quoted).collect();
    line.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_are_quoted_as_windows_reads_them() {
        let line =
            |arguments: &[&str]| windows_line(&arguments.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>());
        assert_eq!(line(&["py", "-m", "pip", "install", r".\a 1!2.whl"]), r#"py -m pip install ".\a 1!2.whl""#);
        assert_eq!(line(&[r"C:\x\a.exe", ""]), r#"C:\x\a.exe """#);
    }

    #[test]
    fn arguments_are_quoted_so_that_a_shell_reads_them_back() {
        let line =
            |arguments: &[&str]| shell_line(&arguments.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>());
        assert_eq!(line(&["uv", "build", "--out-dir=/pw/out"]), "uv build --out-dir=/pw/out");
        assert_eq!(line(&["a b", "", "it's", "$HOME", "*.whl"]), r"'a b' '' 'it'\''s' '$HOME' '*.whl'");
    }
}
