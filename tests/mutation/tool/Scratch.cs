using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Turnstone.Mutation;

/// <summary>A copy of the repository with every mutant in it that compiles.</summary>
internal sealed partial class Scratch(string root, string folder)
{
    private static readonly string[] Mutated = ["src/Turnstone", "src/Turnstone.Storage"];

    private readonly HashSet<int> excluded = [];

    public string Folder => folder;

    /// <summary>Copies, writes the mutants and builds; answers those that compile.</summary>
    public async Task<IReadOnlyList<Mutant>> PrepareAsync(IEnumerable<string> tests)
    {
        foreach (var file in (await Programs.OutputAsync("git", root, "ls-files")).Split('\n').Where(Needed))
        {
            System.IO.Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(folder, file))!);
            File.Copy(Path.Combine(root, file), Path.Combine(folder, file), overwrite: true);
        }

        var modules = Path.Combine(folder, "tests/interop/node_modules");
        if (!System.IO.Directory.Exists(modules))
        {
            System.IO.Directory.CreateSymbolicLink(modules, Path.Combine(root, "tests/interop/node_modules"));
        }

        File.Copy(
            Path.Combine(root, "tests/mutation/tool/Switch.cs.txt"),
            Path.Combine(folder, "src/Turnstone/MutationSwitch.cs"),
            overwrite: true
        );
        var mutants = Write();
        foreach (var project in Mutated)
        {
            mutants = await CompileAsync(project, mutants);
        }

        foreach (var project in tests)
        {
            var (code, output) = await BuildAsync(project);
            _ = code == 0 ? 0 : throw new InvalidOperationException(output);
        }

        return [.. mutants.Where(mutant => !excluded.Contains(mutant.Id))];
    }

    private bool Needed(string file) =>
        file.Length > 0 && !file.StartsWith("docs/", StringComparison.Ordinal) && File.Exists(Path.Combine(root, file));

    private List<Mutant> Write()
    {
        var all = new List<Mutant>();
        var sources = Mutated
            .SelectMany(project =>
                System.IO.Directory.EnumerateFiles(Path.Combine(root, project), "*.cs", SearchOption.AllDirectories)
            )
            .Select(path => Path.GetRelativePath(root, path))
            .Where(path => !path.Contains("/obj/", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal);
        foreach (var source in sources)
        {
            var tree = CSharpSyntaxTree.ParseText(File.ReadAllText(Path.Combine(root, source)));
            var mutator = new Mutator(source, all.Count, excluded);
            File.WriteAllText(Path.Combine(folder, source), mutator.Visit(tree.GetRoot())!.ToFullString());
            all.AddRange(mutator.Mutants);
        }

        return all;
    }

    private async Task<List<Mutant>> CompileAsync(string project, List<Mutant> mutants)
    {
        while (true)
        {
            var (code, output) = await BuildAsync(project);
            if (code == 0)
            {
                return mutants;
            }

            var before = excluded.Count;
            foreach (var error in Errors().Matches(output).DistinctBy(match => match.Value))
            {
                excluded.UnionWith(
                    CausesOf(
                        error.Groups["file"].Value,
                        int.Parse(error.Groups["line"].Value, null),
                        int.Parse(error.Groups["column"].Value, null),
                        Quoted().Match(error.Groups["message"].Value).Groups["name"].Value,
                        mutants
                    )
                );
            }

            Console.WriteLine($"{project}: {excluded.Count} mutants do not compile so far");
            _ = excluded.Count > before ? 0 : throw new InvalidOperationException(output);
            mutants = Write();
        }
    }

    /// <summary>
    /// The mutants that an error speaks of: those of its member that name the variable it complains of, else those of
    /// the smallest piece of code around it that has any.
    /// </summary>
    private static List<int> CausesOf(string file, int line, int column, string name, List<Mutant> mutants)
    {
        var tree = CSharpSyntaxTree.ParseText(File.ReadAllText(file));
        var place = tree.GetText().Lines[line - 1].Start + column - 1;
        var node = tree.GetRoot().FindToken(place).Parent;
        if (name.Length > 0 && node?.FirstAncestorOrSelf<MemberDeclarationSyntax>() is { } member)
        {
            var naming = Ids(member).Where(id => Regex.IsMatch(mutants[id].Text, $@"\b{name}\b")).ToList();
            if (naming.Count > 0)
            {
                return naming;
            }
        }

        return node?.AncestorsAndSelf().Select(Ids).FirstOrDefault(ids => ids.Count > 0) ?? [];
    }

    private static List<int> Ids(SyntaxNode node) =>
        [.. Switches().Matches(node.ToString()).Select(match => int.Parse(match.Groups["id"].Value, null))];

    private Task<(int Code, string Output)> BuildAsync(string project) =>
        Programs.RunAsync(
            "dotnet",
            folder,
            TimeSpan.FromMinutes(10),
            null,
            "build",
            project,
            "-v:quiet",
            "--nologo",
            "-p:RunAnalyzers=false",
            "-p:TreatWarningsAsErrors=false",
            "-p:WarningLevel=0"
        );

    [GeneratedRegex(
        @"^(?<file>[^(\n]+\.cs)\((?<line>\d+),(?<column>\d+)\): error (?<message>[^\[\n]*)",
        RegexOptions.Multiline
    )]
    private static partial Regex Errors();

    [GeneratedRegex(@"(CS0165|CS0103|CS0177)[^']*'(?<name>\w+)'")]
    private static partial Regex Quoted();

    [GeneratedRegex(@"Mutation\.Switch\.Is\((?<id>\d+)\)")]
    private static partial Regex Switches();
}
