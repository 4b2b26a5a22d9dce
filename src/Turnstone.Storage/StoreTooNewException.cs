namespace Turnstone.Storage;

/// <summary>
/// The store was migrated by a newer version of the server further than this one can serve.
/// </summary>
public sealed class StoreTooNewException : Exception
{
    public StoreTooNewException()
        : this("The store was made by a newer version of Turnstone.") { }

    public StoreTooNewException(string message)
        : base(message) { }

    public StoreTooNewException(string message, Exception innerException)
        : base(message, innerException) { }

    public StoreTooNewException(MigrationStatus status)
        : this(
            $"The store is at version {status.Applied} and requires {status.Required}, and this server knows versions "
                + $"up to {status.Known}: "
                + "start the newer server, or restore a backup that was made before the upgrade."
        ) { }
}
