using Turnstone.Sessions;

namespace Turnstone.Storage.Sessions;

/// <summary>A row as it was read and as it is to be.</summary>
internal readonly record struct ChangedSession(Session Before, Session After);
