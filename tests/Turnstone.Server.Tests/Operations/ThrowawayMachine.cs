using System.Diagnostics;
using Turnstone.Server.Tests.Portal.Guides;

namespace Turnstone.Server.Tests.Operations;

/// <summary>
/// A machine with systemd as its first process. Its root is that of this machine with a layer above it, which is thrown
/// away, and its network has nobody else: a page may make users, units and files there. Only root can start one.
/// </summary>
internal sealed class ThrowawayMachine : IDisposable
{
    // The layer and the mounts vanish with the namespace. cgroup2 is systemd's, and is not mounted everywhere.
    private const string Start = """
        set -e
        cd "$1"
        [[ $(stat -f -c %T /sys/fs/cgroup) == cgroup2fs ]] ||
          { umount -R /sys/fs/cgroup; mount -t cgroup2 none /sys/fs/cgroup; }
        mount -t tmpfs none layer && mkdir layer/above layer/work layer/root
        mount -t overlay overlay -o lowerdir=/,upperdir=layer/above,workdir=layer/work layer/root
        etc=layer/root/etc
        # With an id it is no first boot, at which systemd enables everything that is installed.
        echo 00000000000000000000000000000001 >$etc/machine-id
        rm -rf $etc/systemd/system/*.wants $etc/fstab && mkdir $etc/systemd/system/multi-user.target.wants
        ln -sf /lib/systemd/system/multi-user.target $etc/systemd/system/default.target
        # What a release build is by itself.
        mkdir $etc/systemd/system.conf.d
        printf '[Manager]\nDefaultEnvironment=DOTNET_ENVIRONMENT=Production\n' >$etc/systemd/system.conf.d/tests.conf
        cp pasted.service $etc/systemd/system/
        ln -s ../pasted.service $etc/systemd/system/multi-user.target.wants/
        exec systemd-nspawn -q -D layer/root --boot --register=no --keep-unit --private-network --console=read-only \
          --bind="$1/pasted:/pasted" --bind-ro="$2:/pasted/build" --bind-ro="$3:/usr/share/dotnet" </dev/null
        """;

    private const string Unit = """
        [Unit]
        Wants=network-online.target
        After=basic.target network-online.target
        [Service]
        Type=oneshot
        TimeoutStartSec=180
        WorkingDirectory=/root
        Environment=HOME=/root
        ExecStart=/bin/bash -c 'bash -e /pasted/text; echo $? >/pasted/status'
        ExecStopPost=systemctl poweroff --no-block
        StandardOutput=file:/pasted/output
        StandardError=file:/pasted/error
        """;

    private const string Heading = "== ";

    private readonly string folder = ServerProcess.NewFolder();

    public ThrowawayMachine()
    {
        System.IO.Directory.CreateDirectory(Path.Combine(folder, "layer"));
        System.IO.Directory.CreateDirectory(Of("build"));
        File.WriteAllText(Path.Combine(folder, "pasted.service"), Unit);
    }

    /// <summary>Where a file that was put into /pasted lies.</summary>
    public string Of(string name) => Path.Combine(folder, "pasted", name);

    /// <summary>
    /// Starts the machine, runs texts one after the other in one shell of root, each of which has to succeed, and turns
    /// the machine off.
    /// </summary>
    /// <returns>What each wrote, by its name.</returns>
    public async Task<IReadOnlyDictionary<string, string>> SucceedsAsync(params (string Name, string Text)[] pasted)
    {
        var cancel = TestContext.Current.CancellationToken;
        var all = string.Concat(pasted.Select(one => $"echo '{Heading}{one.Name}'\n{one.Text.TrimEnd()}\n"));
        await File.WriteAllTextAsync(Of("text"), all, cancel);
        var start = new ProcessStartInfo(
            "unshare",
            ["--mount", "bash", "-c", Start, "machine", folder, AppContext.BaseDirectory, CSharpProgram.Root]
        )
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var machine = Process.Start(start)!;
        var (console, error) = (
            machine.StandardOutput.ReadToEndAsync(cancel),
            machine.StandardError.ReadToEndAsync(cancel)
        );
        await machine.WaitForExitAsync(cancel);
        var (status, output) = (Read("status").Trim(), Read("output"));
        Assert.True(status == "0", $"ended with '{status}': {output} {Read("error")} {await console} {await error}");
        return $"\n{output}"
            .Split($"\n{Heading}")[1..]
            .Select(part => part.Split('\n', 2))
            .ToDictionary(part => part[0], part => string.Concat(part.Skip(1)).Trim());
    }

    public void Dispose() => System.IO.Directory.Delete(folder, recursive: true);

    private string Read(string name) => File.Exists(Of(name)) ? File.ReadAllText(Of(name)) : "";
}
