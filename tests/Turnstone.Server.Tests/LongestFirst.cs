using Xunit.Sdk;
using Xunit.v3;

[assembly: TestCollectionOrderer(typeof(Turnstone.Server.Tests.LongestFirst))]

namespace Turnstone.Server.Tests;

/// <summary>
/// The classes that take longest are begun first: one that began last would run on alone, beside an idle core.
/// </summary>
public sealed class LongestFirst : ITestCollectionOrderer
{
    private static readonly string[] Longest =
    [
        "AlertCausesTests",
        "FuzzTests",
        "McpTutorialTests",
        "FilledPagesTests",
        "FullDiskTests",
        "UnconfirmedCommitTests",
        "EveryPageSoundTests",
        "FirstApiTests",
        "OneMachineBlockTests",
        "SignInFlowTests",
        "ContractsTests",
        "Journal_restore_on_SQLite",
        "BehindHaProxyTests",
        "ReferenceTests",
        "Forgotten_session_on_PostgreSQL",
        "PatroniTests",
        "TrustFlowTests",
        "SamplesTests",
        "AdministrationFlowTests",
        "BindingTests",
        "SetupTests",
        "WelcomeTests",
        "KeyboardTests",
        "TwoServersTests",
        "TelemetryTests",
        "KilledServerTests",
        "GuidesTests",
        "AlertRulesTests",
    ];

    public IReadOnlyCollection<TTestCollection> OrderTestCollections<TTestCollection>(
        IReadOnlyCollection<TTestCollection> testCollections
    )
        where TTestCollection : ITestCollection =>
        [
            .. testCollections
                .OrderBy(collection => Place(collection.TestCollectionDisplayName))
                .ThenBy(collection => collection.UniqueID, StringComparer.Ordinal),
        ];

    private static int Place(string collection)
    {
        var place = Array.FindIndex(Longest, name => collection.Contains($".{name} ", StringComparison.Ordinal));
        return place < 0 ? Longest.Length : place;
    }
}
