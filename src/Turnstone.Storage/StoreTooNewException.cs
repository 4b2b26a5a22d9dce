namespace Turnstone.Storage;

/// <summary>
/// The store was migrated by a newer version of the server; this one would not understand what it finds there.
/// </summary>
public sealed class StoreTooNewException : Exception
{
    public StoreTooNewException()
        : this("The store was made by a newer version of Turnstone.") { }

    public StoreTooNewException(string message)
        : base(message) { }

    public StoreTooNewException(string message, Exception innerException)
        : base(message, innerException) { }

    public StoreTooNewException(long found, long known)
        : this(
            $"The store is at version {found}, and this server knows versions up to {known}: "
                + "start the newer server, or restore a backup that was made before the upgrade."
        ) { }
}
