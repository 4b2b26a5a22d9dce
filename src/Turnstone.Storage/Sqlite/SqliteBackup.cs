using Turnstone.Model;

namespace Turnstone.Storage.Sqlite;

/// <summary>A copy of the running database as of one moment, into a new file that only its owner can read.</summary>
internal static class SqliteBackup
{
    public static async Task WriteAsync(
        SqliteFile file,
        RandomSource random,
        string path,
        CancellationToken cancellationToken
    )
    {
        cancellationToken.ThrowIfCancellationRequested();

        // VACUUM INTO takes an empty file as a new one, so the file can be made with its mode first.
        SqliteFile.Create(path);
        try
        {
            using (var db = new SqliteDb(file.OpenBackup(), random))
            {
                await db.ExecuteAsync("VACUUM INTO $1", path);
            }

            await using var written = new FileStream(path, FileMode.Open, FileAccess.ReadWrite);
            DiskFlush.Flush(written);
        }
        catch (Exception reason)
        {
            File.Delete(path);
            throw SqliteErrors.Translate(reason);
        }
    }
}
