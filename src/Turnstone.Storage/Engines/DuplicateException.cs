namespace Turnstone.Storage.Engines;

/// <summary>
/// A unique constraint said no: for the work that met it an answer, for its neighbours in the batch nothing at all.
/// </summary>
internal sealed class DuplicateException : Exception
{
    public DuplicateException() { }

    public DuplicateException(string message)
        : base(message) { }

    public DuplicateException(string message, Exception innerException)
        : base(message, innerException) { }
}
