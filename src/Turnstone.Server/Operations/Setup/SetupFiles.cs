using Turnstone.Server.Contracts.Common;
using Turnstone.Server.Settings;

namespace Turnstone.Server.Operations.Setup;

/// <summary>A file to be written.</summary>
internal sealed record SetupFile(string Path, string Text, UnixFileMode Mode);

/// <summary>The files of an installation, where a Linux machine with systemd has them.</summary>
internal static class SetupFiles
{
    public const string Data = "/var/lib/turnstone/data";

    private const UnixFileMode Readable = OwnerOnly.FileMode | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    /// <param name="answers">What it is to be.</param>
    /// <param name="contracts">The contracts, which have settings.</param>
    /// <param name="root">In front of every path: <c>/</c>, or a folder from which they are installed later.</param>
    /// <param name="database">The connection string.</param>
    /// <param name="program">The program that the unit starts.</param>
    public static IReadOnlyList<SetupFile> Of(
        SetupAnswers answers,
        ContractList contracts,
        string root,
        string database,
        string program
    )
    {
        List<SetupFile> files =
        [
            new(
                Under(root, "/etc/turnstone.env"),
                SettingsFile.Write(answers, contracts, database),
                OwnerOnly.FileMode
            ),
            new(Under(root, "/etc/systemd/system/turnstone.service"), DeployTemplate.Unit(program), Readable),
        ];
        if (PlaceOf(answers.Proxy) is { } place)
        {
            files.Add(new(Under(root, place), DeployTemplate.Proxy(answers.Proxy, answers.Host), Readable));
        }

        return files;
    }

    public static string Under(string root, string path) => Path.Join(root, path.TrimStart('/'));

    private static string? PlaceOf(ProxyKind kind) =>
        kind switch
        {
            ProxyKind.Nginx => "/etc/nginx/conf.d/turnstone.conf",
            ProxyKind.Caddy => "/etc/caddy/turnstone.caddy",
            ProxyKind.HAProxy => "/etc/haproxy/haproxy.cfg",
            ProxyKind.Traefik => "/etc/traefik/dynamic/turnstone.yml",
            _ => null,
        };

    /// <summary>Those of them that are there and say something else.</summary>
    public static IReadOnlyList<string> InTheWay(IEnumerable<SetupFile> files) =>
        [
            .. files
                .Where(file => File.Exists(file.Path) && File.ReadAllText(file.Path) != file.Text)
                .Select(file => file.Path),
        ];

    /// <summary>Written beside and then named, so that nobody reads half a file.</summary>
    public static void Write(SetupFile file)
    {
        System.IO.Directory.CreateDirectory(Path.GetDirectoryName(file.Path)!);
        var unnamed = $"{file.Path}.new";
        File.Delete(unnamed);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = file.Mode;
        }

        using (var writer = new StreamWriter(new FileStream(unnamed, options)))
        {
            writer.Write(file.Text);
        }

        File.Move(unnamed, file.Path, overwrite: true);
    }
}
