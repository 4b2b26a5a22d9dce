using Microsoft.Extensions.DependencyInjection;
using Turnstone.Storage;

namespace Turnstone.Server.Tests.Guards;

/// <summary>The changes of a server's store, and those that a test makes up beside them.</summary>
internal sealed class MoreChanges(IStoreChanges inner) : IStoreChanges
{
    private readonly List<Action<StoreChange>> hearers = [];

    public static void AddTo(IServiceCollection services) =>
        services
            .AddSingleton(all => new MoreChanges(all.GetRequiredService<Store>().Changes))
            .AddSingleton<IStoreChanges>(all => all.GetRequiredService<MoreChanges>());

    public IDisposable Subscribe(Action<StoreChange> heard)
    {
        hearers.Add(heard);
        return inner.Subscribe(heard);
    }

    public void Tell(IReadOnlyList<RevokedSession> ended) =>
        hearers.ForEach(heard => heard(new StoreChange(ChangeKind.Revocations, ended)));
}
