namespace Turnstone.Clients.Tests.Behaviours;

public sealed class BehavioursTests(RowRuns runs) : IClassFixture<RowRuns>
{
    public static TheoryData<string, string> Rows =>
        [.. RowRuns.Wanted.Select(one => new TheoryDataRow<string, string>(one.Client.Name, one.Row.Name))];

    [Theory]
    [MemberData(nameof(Rows))]
    public Task A_client_does_what_the_table_says(string client, string row) =>
        runs.RunAsync(
            RowRuns.Clients.Single(one => one.Name == client),
            Row.All.Single(one => one.Name == row)
        );
}
