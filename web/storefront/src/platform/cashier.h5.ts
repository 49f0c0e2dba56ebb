/** Hand over to the server-rendered cashier; it takes this page's place in the history. */
export function openCashier(cashierUrl: string, _orderId: string): void {
  window.location.replace(cashierUrl);
}
