namespace Turnstone.Storage.Engines;

/// <summary>A piece of work whose outcome, a value or an exception of its own, is answered after the commit.</summary>
internal interface IPendingWork
{
    Task RunAsync(Db db);

    /// <summary>The work threw and was undone; the batch goes on without it.</summary>
    void Undone(Exception reason);
}

internal sealed class PendingWork<T>(Func<Db, Task<T>> work, CancellationToken cancellationToken)
    : Pending<T>(cancellationToken),
        IPendingWork
{
    private T? result;
    private Exception? failure;

    public async Task RunAsync(Db db) => result = await work(db);

    public void Undone(Exception reason) => failure = reason;

    public override void Answer()
    {
        if (failure is null)
        {
            Answer(result!);
        }
        else
        {
            Fail(failure);
        }
    }
}
