using Turnstone.Grants;
using Turnstone.Model;
using Turnstone.Sessions;

namespace Turnstone.Tests.Grants;

/// <summary>Keeps the suspected copies that an account would be told of.</summary>
internal sealed class CopyNotices : ICopyNotice
{
    public List<SessionId> Sessions { get; } = [];

    /// <summary>Those that have ended because an old token came again.</summary>
    public List<SessionId> Ended { get; } = [];

    public Task SuspectedAsync(Session session, Caller caller)
    {
        Sessions.Add(session.Id);
        return Task.CompletedTask;
    }

    public Task ReusedAsync(Session session, Caller caller)
    {
        Ended.Add(session.Id);
        return Task.CompletedTask;
    }
}
