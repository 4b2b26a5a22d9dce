using System.Globalization;
using System.Text.RegularExpressions;

namespace Turnstone.Storage.Tests;

/// <summary>
/// What a migration may do while servers of the release before it serve from the same store (ADR 25): it adds, and it
/// takes nothing away that the release before uses.
/// </summary>
/// <param name="released">The newest migration of the release before.</param>
internal sealed partial class MigrationRules(long released)
{
    // What an engine puts in their places takes nothing away: a function that no server of before calls, and how a
    // table is vacuumed.
    private static readonly string[] OfEngines = ["{history}", "{queue}"];

    // Since the release: no server of it knows them.
    private readonly HashSet<string> made = new(StringComparer.Ordinal);

    /// <summary>
    /// A sentence for each statement that is refused; asked of one migration after the other in their order.
    /// </summary>
    public IEnumerable<string> Broken(string sql)
    {
        var statements = Statements(sql);
        if (statements.Select(Required).FirstOrDefault(version => version is not null) is { } required)
        {
            // Declared as a contraction: it may take away whatever the servers that may still run do not use.
            return required <= released
                ? []
                :
                [
                    $"It requires servers of version {required}, and those of the release before know {released}: "
                        + "take away one release later.",
                ];
        }

        made.UnionWith(
            statements
                .Select(statement => Table().Match(statement))
                .Where(table => table.Success)
                .Select(table => table.Groups["name"].Value)
        );
        return
        [
            .. statements
                .Select(statement => (statement, reason: Reason(statement)))
                .Where(found => found.reason is not null)
                .Select(found => $"{found.reason} ({found.statement})"),
        ];
    }

    private string? Reason(string statement)
    {
        if (OfEngines.Contains(statement) || Table().IsMatch(statement))
        {
            return null;
        }

        if (Index().Match(statement) is { Success: true } index)
        {
            return !index.Groups["unique"].Success || made.Contains(index.Groups["table"].Value)
                ? null
                : "A unique index on a table that is in use refuses what servers of the release before write.";
        }

        if (Column().Match(statement) is { Success: true } column)
        {
            var definition = column.Groups["definition"].Value;
            return made.Contains(column.Groups["table"].Value) ? null
                : Constraint().IsMatch(definition)
                    ? "A constraint on a table that is in use refuses what servers of the release before write."
                : NotNull().IsMatch(definition) && !Default().IsMatch(definition)
                    ? "A column that may not be null and has no default refuses the rows of the release before."
                : null;
        }

        return Insert().Match(statement) is { Success: true } insert
            ? made.Contains(insert.Groups["table"].Value)
                ? null
                : "Rows in a table that is in use are read by servers of the release before, which do not expect them."
            : "Only new tables, indexes and columns are allowed: a server of the release before uses what is there.";
    }

    private static long? Required(string statement) =>
        Requirement().Match(statement) is { Success: true } found
            ? long.Parse(found.Groups["version"].Value, CultureInfo.InvariantCulture)
            : null;

    private static List<string> Statements(string sql) =>
        [
            .. Comment()
                .Replace(sql, "")
                .Split(';')
                .Select(statement => Space().Replace(statement, " ").Trim())
                .Where(statement => statement.Length > 0),
        ];

    [GeneratedRegex("--.*$", RegexOptions.Multiline)]
    private static partial Regex Comment();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Space();

    [GeneratedRegex(@"^CREATE TABLE (?<name>\w+) \(")]
    private static partial Regex Table();

    [GeneratedRegex(@"^CREATE (?<unique>UNIQUE )?INDEX \w+ ON (?<table>\w+) \(")]
    private static partial Regex Index();

    [GeneratedRegex(@"^ALTER TABLE (?<table>\w+) ADD COLUMN (?<definition>[^,]+)$")]
    private static partial Regex Column();

    [GeneratedRegex(@"\b(UNIQUE|CHECK|REFERENCES|PRIMARY KEY)\b")]
    private static partial Regex Constraint();

    [GeneratedRegex(@"\bNOT NULL\b")]
    private static partial Regex NotNull();

    [GeneratedRegex(@"\bDEFAULT\b")]
    private static partial Regex Default();

    [GeneratedRegex(@"^INSERT INTO (?<table>\w+) ")]
    private static partial Regex Insert();

    [GeneratedRegex(
        @"^INSERT INTO counters \(name, number\) VALUES \('required version', (?<version>\d+)\) "
            + @"ON CONFLICT \(name\) DO UPDATE SET number = excluded\.number$"
    )]
    private static partial Regex Requirement();
}
