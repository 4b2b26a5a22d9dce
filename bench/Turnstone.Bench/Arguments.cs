using System.Globalization;

namespace Turnstone.Bench;

/// <summary>How a run is to be.</summary>
internal sealed record Arguments
{
    public const string Help =
        "bench/run [--short] [--only WORDS] [--seconds N] [--rounds N] [--connections N] [--out FILE.md] [--chart "
        + "FILE.svg]\n"
        + "  --short   whether everything works, in seconds; its figures mean nothing\n"
        + "  --only    the lines whose name holds one of these words, parted by |\n"
        + "Bad days, after bench/run has built what they need:\n"
        + "  turnstone-bench overload [--apart] [--heed] [--connections N] [--bound N]   three times the capacity\n"
        + "  turnstone-bench crowds [N]                                                  idle connections, "
        + "slow senders, bodies without end\n"
        + "  turnstone-bench clock                                                       the clock set forward and "
        + "back by an hour";

    /// <summary>Only whether everything works.</summary>
    public bool Short { get; init; }

    public string? Only { get; init; }

    public string? Out { get; init; }

    public string? Chart { get; init; }

    public int Connections { get; init; } = 64;

    /// <summary>
    /// How long each kind of work runs before anything is measured. After three seconds a quarter of a server's CPU
    /// still went to its compiler.
    /// </summary>
    public TimeSpan Warm { get; init; } = TimeSpan.FromSeconds(8);

    public TimeSpan Length { get; init; } = TimeSpan.FromSeconds(3);

    public int Rounds { get; init; } = 2;

    public int Tokens { get; init; } = 100_000;

    public static Arguments Read(string[] args)
    {
        var read = new Arguments();
        for (var i = 0; i < args.Length; i++)
        {
            read = args[i] switch
            {
                "--short" => read with
                {
                    Short = true,
                    Warm = TimeSpan.Zero,
                    Length = TimeSpan.FromSeconds(0.2),
                    Rounds = 1,
                    Connections = 8,
                    Tokens = 100,
                },
                "--only" => read with { Only = args[++i] },
                "--out" => read with { Out = args[++i] },
                "--chart" => read with { Chart = args[++i] },
                "--seconds" => read with { Length = TimeSpan.FromSeconds(Number(args[++i])) },
                "--rounds" => read with { Rounds = (int)Number(args[++i]) },
                "--connections" => read with { Connections = (int)Number(args[++i]) },
                var other => throw new ArgumentException($"{other} is not known here.\n{Help}"),
            };
        }

        return read;
    }

    public bool Wants(string name) =>
        Only is null || Only.Split('|').Any(word => name.Contains(word, StringComparison.OrdinalIgnoreCase));

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
