namespace Turnstone.Directory.Metadata;

/// <summary>How a client came without anybody here having made it; nobody vouches for what it says of itself.</summary>
public enum ClientSource
{
    /// <summary>Its id is the address of a document in which it describes itself.</summary>
    MetadataDocument,

    /// <summary>It has registered itself (RFC 7591).</summary>
    Registration,
}
