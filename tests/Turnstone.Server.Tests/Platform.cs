// The tests look at file modes, send signals and call a shell.
[assembly: System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
