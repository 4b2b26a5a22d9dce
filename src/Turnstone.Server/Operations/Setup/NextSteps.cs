namespace Turnstone.Server.Operations.Setup;

/// <summary>What is done after <c>init</c> has written the files of a machine: lines to paste.</summary>
internal static class NextSteps
{
    /// <summary>The server's settings are read by its unit alone, so a command is run as the unit runs.</summary>
    public static string Of(string program) =>
        $$"""
            Next, in this shell:
              turnstone() { systemd-run -q --pipe --wait -p User=turnstone -p StateDirectory=turnstone \
                -p StateDirectoryMode=0700 -p WorkingDirectory=/var/lib/turnstone \
                -p EnvironmentFile=/etc/turnstone.env {{program}} "$@"; }
              turnstone check --offline          # what is missing before the start
              systemctl enable --now turnstone   # and reload the proxy
              turnstone check                    # now also the certificate, and what the proxy forwards
            """;
}
