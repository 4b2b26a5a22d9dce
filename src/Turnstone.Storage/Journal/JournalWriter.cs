using System.Buffers;
using Turnstone.Model;

namespace Turnstone.Storage.Journal;

/// <summary>
/// Writes the journal. Whatever waits is written and forced to the disk together, so that commits that follow each
/// other share it.
/// </summary>
internal sealed class JournalWriter(JournalFolder folder, TimeProvider time) : IDisposable
{
    // Small enough to be read at once, and young enough that a file need not be kept for its last entries.
    private const long LongestFile = 16 << 20;
    private static readonly TimeSpan LongestUse = TimeSpan.FromDays(1);

    private readonly Lock gate = new();
    private ArrayBufferWriter<byte> waiting = new();
    private ArrayBufferWriter<byte> written = new();
    private TaskCompletionSource<bool> answer = NewAnswer();
    private bool writing;
    private FileStream? file;
    private DateTimeOffset began;

    /// <summary>Why the last write failed; null where it did not.</summary>
    public string? Failure { get; private set; }

    /// <summary>
    /// Answers when these are on the disk: true; or false when they could not be written. Never throws: what they say
    /// is committed.
    /// </summary>
    public Task<bool> AppendAsync(IEnumerable<JournalEntry> entries)
    {
        lock (gate)
        {
            foreach (var entry in entries)
            {
                JournalFormat.Write(waiting, entry);
            }

            if (!writing)
            {
                writing = true;
                _ = Task.Run(WriteAll);
            }

            return answer.Task;
        }
    }

    public void Dispose() => file?.Dispose();

    private void WriteAll()
    {
        while (true)
        {
            TaskCompletionSource<bool> asked;
            lock (gate)
            {
                if (waiting.WrittenCount == 0)
                {
                    writing = false;
                    return;
                }

                (asked, answer) = (answer, NewAnswer());
                (waiting, written) = (written, waiting);
            }

            asked.SetResult(TryWrite(written.WrittenSpan));
            written.ResetWrittenCount();
        }
    }

    private bool TryWrite(ReadOnlySpan<byte> bytes)
    {
        try
        {
            var now = time.GetUtcNow();
            if (file is not null && (file.Position > LongestFile || now - began > LongestUse))
            {
                Close();
            }

            if (file is null)
            {
                (file, began) = (folder.Create(now), now);
                folder.Flush();
            }

            file.Write(bytes);
            DiskFlush.Flush(file);
            Failure = null;
            return true;
        }
        catch (Exception reason) when (reason is IOException or UnauthorizedAccessException)
        {
            // What may be half written stays behind, and the next try begins a file.
            Close();
            Failure = reason.Message;
            return false;
        }
    }

    private void Close()
    {
        file?.Dispose();
        file = null;
    }

    private static TaskCompletionSource<bool> NewAnswer() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
