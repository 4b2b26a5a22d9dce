// With the client: it refreshes in time, once for all that share the folder. Needs the package Turnstone.Client.
using System;
using System.Net.Http;
using Turnstone.Client;

var url = new Uri(Setting("TURNSTONE_URL"));
var options = new SessionOptions { Server = url, Contract = Contract.SessionV3, Store = new FileStore("sessions") };
options.Credentials["api_key"] = Setting("TURNSTONE_API_KEY");
using var session = new TurnstoneSession(options);
using var http = new HttpClient(new TokenHandler(session, new SocketsHttpHandler())) { BaseAddress = url };
Console.WriteLine(await http.GetStringAsync("/v3/individuals"));

static string Setting(string name) =>
    Environment.GetEnvironmentVariable(name) ?? throw new InvalidOperationException($"{name} is not set.");
