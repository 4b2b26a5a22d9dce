namespace Turnstone.Server.Tests.Faults;

/// <summary>
/// A real file system of a few MB in place of a folder, that a test fills to the last byte. It is mounted for one
/// program alone, in namespaces of that program's own, which takes no right that an ordinary user lacks; the test,
/// outside of them, reaches it through the program's root in /proc.
/// </summary>
internal sealed class SmallDisk(string folder, int megabytes)
{
    /// <summary>The words that start a program on it; the process that they start is the program.</summary>
    public string[] Start(string[] program) =>
        [
            "unshare",
            "--map-root-user",
            "--mount",
            "sh",
            "-c",
            $"mount -t tmpfs -o size={megabytes}m,mode=700 tmpfs \"$0\" && exec \"$@\"",
            folder,
            .. program,
        ];

    /// <summary>The same, but nothing can be written on it.</summary>
    public string[] StartReadOnly(string[] program) =>
        [
            "unshare",
            "--map-root-user",
            "--mount",
            "sh",
            "-c",
            $"mount -t tmpfs -o size={megabytes}m,mode=700,ro tmpfs \"$0\" && exec \"$@\"",
            folder,
            .. program,
        ];

    /// <summary>The words that start another program where that one is.</summary>
    public static string[] Join(int process, string[] program) =>
        ["nsenter", "--target", $"{process}", "--user", "--mount", "--preserve-credentials", .. program];

    /// <summary>Takes what room is left, but for some pages of 4 KiB, as often as it is called.</summary>
    public void Fill(int process, int leave = 0)
    {
        // Unbuffered: what does not fit must fail here, and not once more when the file is closed.
        using var filler = new FileStream(
            Filler(process),
            FileMode.OpenOrCreate,
            FileAccess.Write,
            FileShare.None,
            bufferSize: 0
        );
        filler.Seek(0, SeekOrigin.End);
        for (var bytes = new byte[1 << 20]; bytes.Length > 0; )
        {
            try
            {
                filler.Write(bytes);
            }
            catch (IOException)
            {
                bytes = bytes[..(bytes.Length / 2)];
            }
        }

        filler.SetLength(filler.Length - (leave * 4096));
    }

    public void Free(int process) => File.Delete(Filler(process));

    private string Filler(int process) => $"/proc/{process}/root{folder}/filler";
}
