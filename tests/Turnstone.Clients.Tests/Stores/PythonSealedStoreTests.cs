using System.Diagnostics;
using System.Security.Cryptography;
using Turnstone.Client;

namespace Turnstone.Clients.Tests.Stores;

/// <summary>
/// The Python client encrypts as the client for .NET does, which is how its encryption is held against another one.
/// </summary>
public sealed class PythonSealedStoreTests : IDisposable
{
    private readonly string folder = System.IO.Directory.CreateTempSubdirectory("turnstone-store-").FullName;
    private readonly byte[] key = RandomNumberGenerator.GetBytes(32);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => System.IO.Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData("python3")]
    [InlineData("/usr/bin/python3")]
    public async Task Each_client_reads_what_the_other_has_sealed(string python)
    {
        var store = new SealedStore(new FileStore(folder), key);
        await store.WriteAsync("one", "a secret of 中 .NET", null, Cancel);

        var said = await RunAsync(
            python,
            """
            text = store.read("one")
            print(text, store.write("one", "no", "another text"), store.write("one", "a secret of Python", text))
            """
        );

        Assert.Equal("a secret of 中 .NET False True", said);
        Assert.Equal("a secret of Python", await store.ReadAsync("one", Cancel));
        var stored = await File.ReadAllTextAsync(Path.Combine(folder, "one.json"), Cancel);
        Assert.DoesNotContain("secret", stored, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_key_another_name_and_what_was_altered_open_nothing()
    {
        var said = await RunAsync(
            "python3",
            """
            files = FileStore(folder)
            def opens(store, name, box=None):
                if box is not None:
                    files.write(name, box, files.read(name))
                try:
                    return store.read(name)
                except SessionStoreError:
                    return "damaged"
            store.write("one", "a secret", None)
            box = files.read("one")
            altered = ("A" if box[40] != "A" else "B").join((box[:40], box[41:]))
            print(opens(store, "one"), opens(SealedStore(files, bytes(32)), "one"), opens(store, "two", box))
            print(*(opens(store, "one", text) for text in (altered, box[:-4], "AAAA", "?", "")))
            """
        );
        Assert.Equal("a secret damaged damaged\ndamaged damaged damaged damaged damaged", said);
    }

    [Fact]
    public async Task A_Python_without_OpenSSL_has_no_such_store_and_says_so_at_once()
    {
        var said = await RunAsync(
            "python3",
            "",
            before: """
            import sys
            sys.modules["_hashlib"] = None
            """,
            fails: true
        );
        Assert.Contains("ModuleNotFoundError", said, StringComparison.Ordinal);
    }

    /// <summary>Runs a program that has the store of the folder and the key.</summary>
    private async Task<string> RunAsync(string python, string program, string before = "", bool fails = false)
    {
        var start = new ProcessStartInfo(
            python,
            [
                "-B",
                "-c",
                $"""
                {before}
                import sys
                sys.path.insert(0, sys.argv[1])
                from turnstone_client import FileStore, SealedStore, SessionStoreError
                folder = sys.argv[2]
                store = SealedStore(FileStore(folder), bytes.fromhex(sys.argv[3]))
                {program}
                """,
                Path.Combine(Repository.Root, "clients", "python"),
                folder,
                Convert.ToHexString(key),
            ]
        )
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["PYTHONUTF8"] = "1";
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync(Cancel);
        var said = await process.StandardOutput.ReadToEndAsync(Cancel);
        await process.WaitForExitAsync(Cancel);
        Assert.True(fails == (process.ExitCode != 0), await error);
        return (fails ? await error : said).Trim();
    }
}
