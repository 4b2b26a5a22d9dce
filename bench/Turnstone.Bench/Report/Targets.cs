using Turnstone.Bench.Work;

namespace Turnstone.Bench.Report;

/// <summary>The ratios that have to be reached within one run.</summary>
internal static class Targets
{
    private const string Sqlite = "SQLite";
    private const string Postgres = "PostgreSQL";

    private const double LoginBytesWritten = 2_500;
    private const double LoginBytesAllocated = 7_000;

    private static readonly Lazy<double> verification = new(SigningKey.VerificationMicroseconds);

    public static IEnumerable<(string What, double Reached, double Wanted)> Of(IReadOnlyList<Table.Row> rows)
    {
        (string Work, string Subject, double Wanted)[] toFloor =
        [
            (Cases.RefreshV2, Sqlite, 0.62),
            (Cases.RefreshV3, Sqlite, 0.62),
            (Cases.RefreshOAuthV1, Sqlite, 0.62),
            (Cases.RefreshV2, Postgres, 0.50),
            (Cases.RefreshV3, Postgres, 0.50),
            (Cases.RefreshOAuthV1, Postgres, 0.50),
            (Cases.RefreshV2Rs256, Sqlite, 0.92),
            (Cases.RefreshV2Rs256, Postgres, 0.92),
            (Cases.Login, Sqlite, 0.50),
            (Cases.Login, Postgres, 0.50),
            (Cases.Program, Sqlite, 0.85),
            (Cases.Program, Postgres, 0.85),
            (Cases.SeenBefore, Sqlite, 0.85),
            (Cases.SeenBefore, Postgres, 0.85),
            (Cases.GuardToken, Sqlite, 0.80),
            (Cases.GuardToken, Postgres, 0.80),
            (Cases.GuardKey, Sqlite, 0.80),
            (Cases.GuardKey, Postgres, 0.80),
            (Cases.Introspection, Sqlite, 0.80),
            (Cases.Introspection, Postgres, 0.80),
        ];
        foreach (var (work, subject, wanted) in toFloor)
        {
            if (Find(rows, work, subject) is { } row)
            {
                yield return ($"{work}, {subject}, to the floor", row.Ratio, wanted);
            }
        }

        foreach (var subject in (string[])[Sqlite, Postgres])
        {
            if (Find(rows, Cases.Login, subject) is { } login)
            {
                yield return (
                    $"{Cases.Login}, {subject}, {LoginBytesWritten:N0} B written",
                    LoginBytesWritten / login.Written,
                    1
                );
                yield return (
                    $"{Cases.Login}, {subject}, {LoginBytesAllocated:N0} B allocated",
                    LoginBytesAllocated / (login.Allocated ?? 0),
                    1
                );
                if (Find(rows, Cases.RefreshV3, subject) is { } refresh)
                {
                    yield return (
                        $"{Cases.Login}, {subject}, p99 twice that of a refresh",
                        2 * refresh.P99 / login.P99,
                        1
                    );
                }
            }
        }

        // What the two signatures of a proof may cost beside an unbound refresh, in CPU time of the servers.
        foreach (var subject in (string[])[Sqlite, Postgres])
        {
            if (
                Find(rows, OAuth2Cases.Refresh, subject) is { } bearer
                && Find(rows, OAuth2Cases.BoundRefresh, subject) is { } bound
            )
            {
                var allowed = 1.1 * (bearer.Cpu + (2 * verification.Value));
                yield return ($"{OAuth2Cases.BoundRefresh}, {subject}, CPU within its bound", allowed / bound.Cpu, 1.0);
            }
        }

        foreach (
            var (work, peers, wanted) in new[]
            {
                (Cases.RefreshV3, "refresh, rotating", 5.0),
                (Cases.Program, Cases.Program, 3.0),
            }
        )
        {
            var peer = rows.Where(row =>
                    row.Work == peers && row.Subject.StartsWith("oidc-provider, PostgreSQL", StringComparison.Ordinal)
                )
                .MaxBy(row => row.PerSecond);
            if (peer is not null && Find(rows, work, Postgres) is { } row)
            {
                yield return ($"{work}, PostgreSQL, to {peer.Subject}", row.PerSecond / peer.PerSecond, wanted);
            }
        }
    }

    private static Table.Row? Find(IReadOnlyList<Table.Row> rows, string work, string subject) =>
        rows.FirstOrDefault(row => row.Work == work && row.Subject == subject);
}
