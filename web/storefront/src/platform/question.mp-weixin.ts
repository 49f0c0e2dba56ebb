/** Ask before something that cannot be taken back. */
export function confirmed(title: string, content: string, confirmText: string): Promise<boolean> {
  return new Promise((resolve) => {
    uni.showModal({
      title,
      content,
      confirmText,
      cancelText: "再想想",
      confirmColor: "#b8412c",
      success: (answer) => resolve(answer.confirm),
      fail: () => resolve(false),
    });
  });
}
