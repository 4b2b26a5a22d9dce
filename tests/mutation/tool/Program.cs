using System.Globalization;
using Turnstone.Mutation;

const string Help = """
    tests/mutation/run [--count N] [--seed WORD] [--file WORD] [--folder PATH]

      --count   how many mutants are tried; 150 unless given
      --seed    another word picks other ones; "1" unless given
      --file    only those of sources whose path contains the word
      --folder  where the copy is built; it is kept, so that the next run builds less
    """;

var options = new Dictionary<string, string>
{
    ["--count"] = "150",
    ["--seed"] = "1",
    ["--file"] = "",
    ["--folder"] = Path.Combine(Path.GetTempPath(), "turnstone-mutation"),
};
for (var i = 0; i < args.Length; i += 2)
{
    if (!options.ContainsKey(args[i]) || i + 1 == args.Length)
    {
        Console.WriteLine(Help);
        return 2;
    }

    options[args[i]] = args[i + 1];
}

Suite[] suites =
[
    // The test of the folders' order reads the compiled core, in which the switch is a stranger.
    new("tests/Turnstone.Tests", name => !name.EndsWith("FolderOrderTests", StringComparison.Ordinal)),
    new("tests/Turnstone.Storage.Tests", name => !name.Contains("Postgre", StringComparison.Ordinal)),
];
var scratch = new Scratch(Environment.CurrentDirectory, options["--folder"]);
var all = await scratch.PrepareAsync(suites.Select(suite => suite.Project));
foreach (var suite in suites)
{
    await suite.MeasureAsync(scratch);
}

var asked = all.Where(mutant => mutant.File.Contains(options["--file"], StringComparison.Ordinal)).ToList();
var reached = asked.Where(mutant => suites.Any(suite => suite.Reaches(mutant))).ToList();
var tried = Selection.Of(reached, options["--seed"], int.Parse(options["--count"], CultureInfo.InvariantCulture));
Console.WriteLine($"{asked.Count} mutants, {reached.Count} reached by these tests, {tried.Count} tried");

var noticed = 0;
foreach (var mutant in tried)
{
    var by = await NoticedByAsync(mutant);
    noticed += by is null ? 0 : 1;
    Console.WriteLine(
        $"""
        {(by is null ? "survives" : "noticed")}: {mutant.File}:{mutant.Line} #{mutant.Id}
            {mutant.Kind}: {mutant.Text}
            {(by is null ? "by nothing" : $"by {by}")}
        """
    );
}

Console.WriteLine($"{noticed} of {tried.Count} were noticed");
return 0;

async Task<string?> NoticedByAsync(Mutant mutant)
{
    foreach (var suite in suites)
    {
        if (await suite.NoticeAsync(scratch, mutant) is { } by)
        {
            return by;
        }
    }

    return null;
}
