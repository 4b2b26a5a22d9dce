using System.IO.Pipes;
using Microsoft.Win32.SafeHandles;
using Turnstone.Model;

namespace Turnstone.Tests.Model;

public sealed class DiskFlushTests
{
    [Fact]
    public void What_lies_on_a_disk_is_flushed()
    {
        var folder = System.IO.Directory.CreateTempSubdirectory("turnstone-flush-");
        using (var file = File.Create(Path.Combine(folder.FullName, "file")))
        {
            file.WriteByte(1);
            DiskFlush.Flush(file);
            Assert.Equal(1, new FileInfo(file.Name).Length);
        }

        DiskFlush.FlushFolder(folder.FullName);
        folder.Delete(recursive: true);
    }

    /// <summary>A pipe, of which fsync says that it cannot, as of a disk that is full or broken.</summary>
    [Fact]
    public void What_the_system_could_not_flush_is_told()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "A pipe is flushed there.");
        using var reader = new AnonymousPipeServerStream(PipeDirection.In);
        using var handle = new SafeFileHandle(reader.ClientSafePipeHandle.DangerousGetHandle(), ownsHandle: false);
        using var writer = new FileStream(handle, FileAccess.Write);
        var reason = Assert.Throws<IOException>(() => DiskFlush.Flush(writer));
        Assert.Contains("cannot be flushed to the disk", reason.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_that_is_not_there_is_told() =>
        Assert.Throws<IOException>(() => DiskFlush.FlushFolder("/no/such/folder"));
}
