using System.Net;
using System.Net.Http.Json;
using ImageService.Web;

namespace ImageService.Tests;

/// <summary>What protects the service and the browsers of its users; the threats are in SECURITY.md.</summary>
public class SecurityTests(LabelService fixture) : IClassFixture<LabelService>
{
    private readonly Service service = fixture.Service;

    [Theory]
    [InlineData("/")]
    [InlineData("/page.js")]
    [InlineData("/model")]
    [InlineData("/health/ready")]
    [InlineData("/openapi.json")]
    [InlineData("/nowhere")]
    [InlineData("/images")]
    public async Task Every_answer_has_the_security_headers(string address)
    {
        using var response = await service.Client.GetAsync(address);

        string Header(string name) => Assert.Single(response.Headers.GetValues(name));
        Assert.StartsWith("default-src 'none'; script-src 'self'", Header("Content-Security-Policy"), StringComparison.Ordinal);
        Assert.Contains("frame-ancestors 'none'", Header("Content-Security-Policy"), StringComparison.Ordinal);
        Assert.Equal("nosniff", Header("X-Content-Type-Options"));
        Assert.Equal("no-referrer", Header("Referrer-Policy"));
        Assert.Equal("same-origin", Header("Cross-Origin-Resource-Policy"));
        Assert.False(response.Headers.Contains("Server"));
        Assert.False(response.Headers.Contains("Access-Control-Allow-Origin"));
    }

    [Theory]
    [InlineData("cross-site", HttpStatusCode.Forbidden)]
    [InlineData("same-site", HttpStatusCode.Forbidden)]
    [InlineData("same-origin", HttpStatusCode.OK)]
    [InlineData("none", HttpStatusCode.OK)]
    public async Task Pages_of_other_sites_cannot_spend_computing_time(string site, HttpStatusCode status)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/images") { Content = JsonContent.Create(new { label = "cat" }) };
        request.Headers.Add("Sec-Fetch-Site", site);

        using var response = await service.Client.SendAsync(request);

        Assert.Equal(status, response.StatusCode);
        if (status == HttpStatusCode.Forbidden)
            Assert.Equal("Pages of other sites may not use this service.", await Service.Problem(response));
    }

    [Fact]
    public async Task Other_host_names_are_refused_so_that_none_can_be_rebound_to_this_machine()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/model");
        request.Headers.Host = "evil.example";

        using var response = await service.Client.SendAsync(request);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }

    [Theory]
    [InlineData("/../appsettings.json")]
    [InlineData("/..%2fappsettings.json")]
    [InlineData("/appsettings.json")]
    [InlineData("/wwwroot/../ImageService.csproj")]
    public async Task Only_the_files_of_the_page_are_sent(string address)
    {
        using var response = await service.Client.GetAsync(new Uri(service.Address.ToString().TrimEnd('/') + address));

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
    }

    [Fact]
    public void A_failure_of_the_service_tells_the_client_nothing_of_its_inside()
    {
        var problem = Problems.Of(new InvalidOperationException("/srv/models/secret.safetensors is missing"));

        Assert.Equal((500, "The request could not be computed; the log of the service says why."), (problem.Status, problem.Detail));
    }
}
