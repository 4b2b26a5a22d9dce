using Turnstone.Grants;
using Turnstone.Model;
using Turnstone.Sessions;

namespace Turnstone.Tests.Grants;

/// <summary>Keeps the suspected copies that an account would be told of.</summary>
internal sealed class CopyNotices : ICopyNotice
{
    public List<SessionId> Sessions { get; } = [];

    public Task SuspectedAsync(Session session, Caller caller)
    {
        Sessions.Add(session.Id);
        return Task.CompletedTask;
    }
}
