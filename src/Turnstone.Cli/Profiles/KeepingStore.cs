using System.Text.Json;
using Turnstone.Client;

namespace Turnstone.Cli.Profiles;

/// <summary>
/// The client's file store. Of a session that ends it keeps the last access token, which is good for nothing more than
/// to ask the server what became of it.
/// </summary>
internal sealed class KeepingStore(Folders folders) : ISessionStore
{
    private readonly FileStore files = new(folders.Sessions);

    public ValueTask<IAsyncDisposable> LockAsync(string session, CancellationToken cancellationToken) =>
        files.LockAsync(session, cancellationToken);

    public ValueTask<string?> ReadAsync(string session, CancellationToken cancellationToken) =>
        files.ReadAsync(session, cancellationToken);

    public ValueTask<bool> WriteAsync(string session, string text, string? before, CancellationToken cancellationToken)
    {
        if (StoredTokens.Parse(text) is { Ended: true } && StoredTokens.Parse(before) is { Access: not null } last)
        {
            // With the server that it is for: it is shown to no other.
            PrivateFile.Write(
                folders.LastOf(session),
                JsonSerializer.Serialize(
                    new()
                    {
                        ["server"] = last.Server ?? "",
                        ["contract"] = last.Contract ?? "",
                        ["access"] = last.Access,
                    },
                    ProfileJson.Default.DictionaryStringString
                )
            );
        }

        return files.WriteAsync(session, text, before, cancellationToken);
    }
}
