using System.Runtime.InteropServices;
using Microsoft.AspNetCore.Builder;

namespace Turnstone.Server.Tests.Portal.Guides;

/// <summary>
/// A C# sample: compiled by the SDK's compiler alone, against the running framework. A project each would be restored
/// and built for half a minute.
/// </summary>
internal static class CSharpProgram
{
    public static string Framework { get; } = RuntimeEnvironment.GetRuntimeDirectory();

    public static string AspNetCore { get; } = Path.GetDirectoryName(typeof(WebApplication).Assembly.Location)!;

    public static string Root { get; } = Path.GetFullPath(Path.Combine(Framework, "../../.."));

    /// <summary>What starts a compiled program, before its path.</summary>
    public static IReadOnlyList<string> Start { get; } =
    [
        Path.Combine(Root, "dotnet"),
        "exec",
        "--runtimeconfig",
        Path.Combine(AppContext.BaseDirectory, "turnstone-server.runtimeconfig.json"),
    ];

    /// <param name="folder">Where the program is put.</param>
    /// <param name="libraries">The folders whose libraries it may use.</param>
    /// <param name="sources">Its files; the first names it.</param>
    public static async Task<string> CompileAsync(
        string folder,
        IEnumerable<string> libraries,
        IReadOnlyList<string> sources
    )
    {
        var compiler = System
            .IO.Directory.GetFiles(Path.Combine(Root, "sdk"), "csc.dll", SearchOption.AllDirectories)
            .Order()
            .Last();
        var program = Path.ChangeExtension(sources[0], ".dll");
        var references = Path.Combine(folder, "references.rsp");
        await File.WriteAllLinesAsync(
            references,
            libraries
                .SelectMany(library =>
                    (string[])
                        [
                            .. System.IO.Directory.GetFiles(library, "System*.dll"),
                            .. System.IO.Directory.GetFiles(library, "Microsoft.*.dll"),
                            .. System.IO.Directory.GetFiles(library, "Turnstone.*.dll"),
                        ]
                )
                .Select(reference => $"-r:\"{reference}\""),
            TestContext.Current.CancellationToken
        );
        var compiled = await SampleRun.ProgramAsync(
            folder,
            new Dictionary<string, string>(),
            Start[0],
            [
                "exec",
                compiler,
                "-nologo",
                "-nullable:enable",
                "-warnaserror+",
                "-nowarn:1701,1702",
                $"-out:{program}",
                $"@{references}",
                .. sources,
            ]
        );
        Assert.True(compiled.ExitCode == 0, compiled.Output);
        return program;
    }
}
