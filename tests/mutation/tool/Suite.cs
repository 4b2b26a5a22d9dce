using System.Diagnostics;

namespace Turnstone.Mutation;

/// <summary>The test classes of one project, and which mutants each of them reaches.</summary>
internal sealed class Suite(string project, Func<string, bool> chosen)
{
    /// <summary>Nothing listens there: what needs PostgreSQL fails at once and is left out.</summary>
    private static readonly Dictionary<string, string> NoPostgres = new()
    {
        ["TURNSTONE_TEST_POSTGRES"] = "Host=127.0.0.1;Port=1;Timeout=1",
    };

    private const string Failed = "[FAIL]";

    private readonly List<TestClass> classes = [];

    public string Name { get; } = Path.GetFileName(project);

    public string Project => project;

    /// <summary>Runs each class once without a mutant.</summary>
    public async Task MeasureAsync(Scratch scratch)
    {
        var listed = await Programs.OutputAsync(Executable(scratch), Home(scratch), "-list", "classes");
        foreach (var name in listed.Split('\n').Select(line => line.Trim()).Where(IsClass).Where(chosen))
        {
            var file = Path.Combine(scratch.Folder, "reached.txt");
            File.Delete(file);
            var began = Stopwatch.GetTimestamp();
            var (code, _) = await RunAsync(
                scratch,
                TimeSpan.FromMinutes(5),
                new(NoPostgres) { ["MUTATION_REACHED"] = file },
                [name]
            );
            var took = Stopwatch.GetElapsedTime(began);
            if (code == 0 && File.Exists(file))
            {
                classes.Add(new TestClass(name, took, [.. File.ReadAllLines(file).Select(int.Parse)]));
            }
            else
            {
                Console.WriteLine($"left out, for it fails without a mutant: {name}");
            }
        }

        Console.WriteLine($"{Name}: {classes.Count} classes, {classes.Sum(one => one.Took.TotalSeconds):F0} s");
    }

    public bool Reaches(Mutant mutant) => classes.Any(one => one.Reached.Contains(mutant.Id));

    /// <summary>The test that fails with the mutant, or that some do not end; null when all pass.</summary>
    public async Task<string?> NoticeAsync(Scratch scratch, Mutant mutant)
    {
        var reaching = classes.Where(one => one.Reached.Contains(mutant.Id)).ToList();
        if (reaching.Count == 0)
        {
            return null;
        }

        var atMost = TimeSpan.FromSeconds(20) + (3 * reaching.Aggregate(TimeSpan.Zero, (sum, one) => sum + one.Took));
        var environment = new Dictionary<string, string>(NoPostgres) { ["MUTATION_TRIED"] = $"{mutant.Id}" };
        var (code, output) = await RunAsync(scratch, atMost, environment, reaching.Select(one => one.Name));
        return code == 0 ? null
            : output.Split('\n').FirstOrDefault(line => line.Contains(Failed, StringComparison.Ordinal)) is { } line
                ? line.Replace(Failed, "", StringComparison.Ordinal).Trim()
            : "a run that did not end as it should";
    }

    private Task<(int Code, string Output)> RunAsync(
        Scratch scratch,
        TimeSpan atMost,
        Dictionary<string, string> environment,
        IEnumerable<string> names
    ) =>
        Programs.RunAsync(
            Executable(scratch),
            Home(scratch),
            atMost,
            environment,
            ["-noLogo", "-noColor", "-stopOnFail", .. names.SelectMany(name => new[] { "-class", name })]
        );

    private string Home(Scratch scratch) => Path.Combine(scratch.Folder, project);

    private string Executable(Scratch scratch) => Path.Combine(Home(scratch), "bin/Debug/net10.0", Name);

    private static bool IsClass(string line) => line.StartsWith("Turnstone.", StringComparison.Ordinal);

    private sealed record TestClass(string Name, TimeSpan Took, HashSet<int> Reached);
}
