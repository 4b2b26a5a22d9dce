namespace Turnstone.Client;

/// <summary>Somebody else took over while this process held the lock: read again and go on from there.</summary>
internal sealed class LockLostException : Exception;
