using Turnstone.Tokens;

namespace Turnstone.Directory.Metadata;

/// <summary>
/// The document in which a client describes itself (draft-ietf-oauth-client-id-metadata-document §4).
/// </summary>
internal static class MetadataDocument
{
    /// <param name="url">Its address, which is the client's id.</param>
    /// <param name="json">What is there.</param>
    /// <param name="problem">What is wrong with it.</param>
    public static ClientMetadata? Read(string url, byte[] json, out string? problem)
    {
        if (!StrictJson.TryParse(json, out var document))
        {
            problem = "it is no JSON object.";
            return null;
        }

        using (document)
        {
            var root = document.RootElement;

            // §4: simple string comparison. Otherwise one document could be shown under another client's name.
            if (StrictJson.Text(root, "client_id"u8) != url)
            {
                problem = "its client_id is not the address that it was asked at, character for character.";
                return null;
            }

            if (
                root.TryGetProperty("client_secret"u8, out _)
                || root.TryGetProperty("client_secret_expires_at"u8, out _)
            )
            {
                problem = "it has a client_secret, which everybody can read; remove it.";
                return null;
            }

            var good = ClientMetadata.TryRead(root, ClientSource.MetadataDocument, out var metadata, out var wrong);
            problem = wrong?.Sentence;
            return good ? metadata : null;
        }
    }
}
